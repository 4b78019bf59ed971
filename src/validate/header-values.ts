import type { Header } from '../fits/index.ts';

/** A number of a header; `undefined` if there is none, whatever else stands there. */
export function headerNumber(header: Header, keyword: string): number | undefined {
  const value = header.get(keyword);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : undefined;
}

/** A text of a header without blanks around it; `undefined` if there is none, or it is empty. */
export function headerText(header: Header, keyword: string): string | undefined {
  const value = header.get(keyword);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}
