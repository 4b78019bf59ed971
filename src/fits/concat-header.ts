import type { Card } from './card.ts';
import { columnCards } from './column-cards.ts';
import { familyOf } from './concat-coding.ts';
import type { TargetColumn } from './concat-plan.ts';
import { Header } from './header.ts';
import { formatTForm, valueCode } from './tform.ts';

/** Keywords that describe one column, their number left out. @see FITS 4.0 §7.3.2, §8 and the FITS keyword registry */
const COLUMN_KEYWORDS = [
  ...['TTYPE', 'TFORM', 'TUNIT', 'TNULL', 'TSCAL', 'TZERO', 'TDISP', 'TDIM', 'TCOMM', 'TUCD', 'TUTYP'],
  ...['TLMIN', 'TLMAX', 'TDMIN', 'TDMAX', 'TDBIN', 'TCTYP', 'TCUNI', 'TCNAM', 'TCRPX', 'TCRVL', 'TCDLT', 'TRPOS'],
];

/**
 * The header of the joined table: that of the first part, with the columns that later parts add, and with the keywords
 * of columns changed where their stored form has changed.
 */
export function joinHeaders(first: Header, columns: readonly TargetColumn[], uri: string): Header {
  const own = first.integer('TFIELDS') ?? 0;
  const header = new Header(withColumns(first.cards, own, columns.slice(own)), uri);
  for (const keyword of ['THEAP', 'DATASUM', 'CHECKSUM']) header.remove(keyword);
  if (columns.length !== own) header.set('TFIELDS', columns.length);
  columns.forEach((target, index) => {
    updateColumn(header, index + 1, target);
  });
  return header;
}

/** The cards with those of further columns behind those of the `own` columns that are there. */
function withColumns(cards: readonly Card[], own: number, added: readonly TargetColumn[]): readonly Card[] {
  if (added.length === 0) return cards;
  // A header may hold keywords of columns that it does not have.
  const kept = cards.filter(({ keyword }) => (columnNumber(keyword) ?? 0) <= own);
  const end = kept.findLastIndex(({ keyword }) => keyword === 'TFIELDS' || columnNumber(keyword) !== undefined) + 1;
  const further = added.flatMap(({ joined: { present } }, i) => {
    const [{ table, column }] = present;
    const describing = table.header.cards.filter(({ keyword }) => columnNumber(keyword) === column.index + 1);
    return describing.map((card) => renamed(card, `${card.keyword.replace(/\d+$/, '')}${own + i + 1}`));
  });
  return [...kept.slice(0, end), ...further, ...kept.slice(end)];
}

/** The number of the column (from 1) that a keyword describes, undefined where it describes none. */
function columnNumber(keyword: string): number | undefined {
  const [, name = '', number] = /^([A-Z]+)([1-9]\d{0,2})$/.exec(keyword.toUpperCase()) ?? [];
  return COLUMN_KEYWORDS.includes(name) ? Number(number) : undefined;
}

/** The card under another keyword of the standard's length; its other bytes stay as they are. */
function renamed(card: Card, keyword: string): Card {
  const [image = '', ...others] = card.images;
  return { ...card, keyword, images: [keyword.padEnd(8) + image.slice(8), ...others] };
}

/** Brings the keywords of column `n` into line with its stored form. */
function updateColumn(header: Header, n: number, target: TargetColumn): void {
  const { column } = target.joined.present[0];
  const was = column.form;
  const typeChanged = valueCode(was) !== valueCode(target.form);
  const maxLength = was.elementCode === undefined || was.maxLength !== undefined ? target.form.maxLength : undefined;
  const form = { ...target.form, maxLength };
  const familyChanged = familyOf(column) !== familyOf(target);
  const display = familyChanged || (typeChanged && isFloat(target) !== isFloat(column)) ? undefined : column.display;
  const changed = {
    TFORM: formatTForm(was) !== formatTForm(form),
    TNULL: column.nullValue !== target.nullValue,
    TSCAL: column.scale !== target.scale,
    TZERO: column.zero !== target.zero,
    TDISP: column.display !== display,
    TDIM: String(column.dim) !== String(target.dim) || (target.dim === undefined && was.repeat !== form.repeat),
  };
  const cards = columnCards(n, { ...target, form, display, unit: undefined });
  let anchor = `TFORM${n}`;
  for (const [name, isChanged] of Object.entries(changed)) {
    const keyword = `${name}${n}`;
    const value = cards.find(([each]) => each === keyword)?.[1];
    if (isChanged && value === undefined) header.remove(keyword);
    else if (isChanged) header.insertAfter(anchor, keyword, value);
    if (header.has(keyword)) anchor = keyword;
  }
}

function isFloat(column: Pick<TargetColumn, 'form' | 'scale'>): boolean {
  return column.scale !== 1 || 'ED'.includes(valueCode(column.form));
}
