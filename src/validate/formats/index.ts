import type { HduHead, Header } from '../../fits/index.ts';
import { EVENTS, GTI, POINTING } from './event-formats.ts';
import type { HduFormat } from './format.ts';
import { RESPONSES } from './response-formats.ts';

export * from './event-formats.ts';
export * from './format.ts';
export * from './index-formats.ts';
export * from './response-formats.ts';

/** What an HDU index can list. */
export const FORMATS: readonly HduFormat[] = [EVENTS, GTI, POINTING, ...RESPONSES];

const BY_CLASS: ReadonlyMap<string, HduFormat> = new Map(FORMATS.map((format) => [format.hduClass, format]));

/** The values of HDU_TYPE. @see GADF v0.3 hdu-index, HDU_TYPE and HDU_CLASS */
export const HDU_TYPES: readonly string[] = [...new Set(FORMATS.map(({ type }) => type))];

/** The format of an HDU_CLASS, in any case. */
export function formatOfClass(hduClass: string): HduFormat | undefined {
  return BY_CLASS.get(hduClass.trim().toLowerCase());
}

/** The format that a header declares by HDUCLAS1 and HDUCLAS4; for good times and events also by its name. */
export function formatOfHeader({
  header,
  name,
  kind,
}: Pick<HduHead, 'header' | 'name' | 'kind'>): HduFormat | undefined {
  if (kind !== 'bintable') return undefined;
  const first = textOf(header, 'HDUCLAS1');
  if (first === 'RESPONSE') return formatOfClass(textOf(header, 'HDUCLAS4'));
  const simple = [EVENTS, GTI, POINTING];
  return simple.find(({ title }) => title === first) ?? simple.find(({ title }) => title === name.toUpperCase());
}

function textOf(header: Header, keyword: string): string {
  const value = header.get(keyword);
  return typeof value === 'string' ? value.trim().toUpperCase() : '';
}
