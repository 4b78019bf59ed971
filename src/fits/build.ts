import { IactError } from '../core/index.ts';
import { textShape } from './column.ts';
import { type ColumnCards, columnCards, tableHeader } from './column-cards.ts';
import { badValue, type Element, elementsPerValue, encodeCells, INTEGER_RANGE } from './encode.ts';
import { type CardEntry, setCards } from './header.ts';
import { putDescriptor } from './heap.ts';
import { allocate } from './records.ts';
import { BinTable } from './table.ts';
import { elementsBytes, makeTForm, parseTForm, type TForm, valueCode } from './tform.ts';

type FlatValues =
  | ArrayLike<number | undefined>
  | ArrayLike<bigint | undefined>
  | ArrayLike<string | undefined>
  | ArrayLike<boolean | undefined>;

/**
 * Physical values of a column. Fixed columns: flat, all elements of a row together (complex: real and imaginary part in
 * turn; logicals: booleans, or 1, 0 and 255 for null; bits: 0 and 1). P and Q: one array for each row, for characters
 * one string. `undefined` is null: NaN in floats, TNULL in integers (as is NaN there), blank text.
 */
export type ColumnValues = FlatValues | ArrayLike<FlatValues>;

/** A column to be built. */
export interface ColumnSpec {
  name: string;
  /** TFORM: `1J`, `20A`, `16X`, `PE`, … */
  form: string;
  unit?: string | undefined;
  /** TNULL, as stored (before scale and zero are applied). */
  nullValue?: number | bigint | undefined;
  /** TZERO; 2^15, 2^31, 2^63 (and −128 for B) make the type unsigned (signed). */
  zero?: number | bigint | undefined;
  /** TSCAL. Stored integers are rounded when it is not 1. */
  scale?: number | undefined;
  display?: string | undefined;
  dim?: readonly number[] | undefined;
  /** The comment of TTYPE. */
  comment?: string | undefined;
  /** Text may be what FITS does not allow, a byte for each character: for what others have written so. */
  anyBytes?: boolean | undefined;
  values: ColumnValues;
}

/** A table to be built. */
export interface TableSpec {
  /** EXTNAME; none if empty. */
  name: string;
  /** Needed only where no column tells it. */
  rowCount?: number | undefined;
  columns: readonly ColumnSpec[];
  /** Further cards, behind those of the columns. */
  cards?: readonly CardEntry[] | undefined;
}

interface Planned {
  spec: ColumnSpec;
  cards: ColumnCards;
  offset: number;
}

/**
 * A binary table of physical values; their stored form is found by undoing scale and zero.
 *
 * @throws IactError 'bad-data' naming the column, and the row where one is at fault: a TFORM that is none, lengths that
 *   do not agree, a value out of the range of its type, a null without a TNULL, text that is no ASCII or too long
 * @see FITS 4.0 §7.3
 */
export function buildTable(spec: TableSpec): BinTable {
  const planned: Planned[] = [];
  let rowBytes = 0;
  for (const column of spec.columns) {
    const cards = planColumn(column);
    planned.push({ spec: column, cards, offset: rowBytes });
    rowBytes += cards.form.bytes;
  }
  const rowCount = countRows(spec, planned);
  const heapBytes = planned.reduce((sum, column) => sum + heapNeeded(column), 0);
  const purpose = `the table "${spec.name}"`;
  const rows = allocate(rowBytes * rowCount, purpose);
  const heap = allocate(heapBytes, purpose);
  let heapEnd = 0;
  for (const column of planned) {
    if (column.cards.form.elementCode === undefined) fillColumn(column, rows, rowBytes, rowCount);
    else heapEnd = fillArrays(column, rows, rowBytes, rowCount, heap, heapEnd);
  }
  const header = tableHeader(rowBytes, rowCount, heapBytes, planned.length);
  planned.forEach(({ cards }, index) => {
    setCards(header, columnCards(index + 1, cards));
  });
  if (spec.name !== '') header.set('EXTNAME', spec.name, 'name of this binary table extension');
  setCards(header, spec.cards ?? []);
  return new BinTable(header, rows, heap, 'memory');
}

function planColumn(spec: ColumnSpec): ColumnCards {
  const form = parseTForm(spec.form);
  if (form === undefined) throw badColumn(spec, `"${spec.form}" is no TFORM`);
  const { name, unit, nullValue, display, dim, comment, anyBytes } = spec;
  const scale = spec.scale ?? 1;
  const zero = spec.zero ?? 0;
  if (scale === 0 || !Number.isFinite(scale)) throw badColumn(spec, `its scale is ${scale}`);
  checkAttributes(spec, form);
  const measured = form.elementCode === undefined ? form : withMaxLength(form, spec);
  return { name, form: measured, unit, nullValue, scale, zero, display, dim, comment, anyBytes };
}

/** @see FITS 4.0 §7.3.2 */
function checkAttributes(spec: ColumnSpec, form: TForm): void {
  const code = valueCode(form);
  const { nullValue, dim } = spec;
  if (nullValue !== undefined) {
    if (code !== 'B' && code !== 'I' && code !== 'J' && code !== 'K')
      throw badColumn(spec, `type ${code} has no TNULL`);
    const [low, high] = INTEGER_RANGE[code];
    if (nullValue < low || nullValue > high)
      throw badColumn(spec, `TNULL ${nullValue} is out of the range of type ${code}`);
  }
  if ('LXA'.includes(code) && (spec.scale !== undefined || spec.zero !== undefined)) {
    throw badColumn(spec, `type ${code} has no scale and zero`);
  }
  if (dim === undefined || form.elementCode !== undefined) return;
  const size = dim.reduce((product, axis) => product * axis, 1);
  if (!dim.every((axis) => Number.isSafeInteger(axis) && axis > 0) || size > form.repeat) {
    throw badColumn(spec, `its axes (${dim.join(',')}) do not fit ${form.repeat} elements`);
  }
}

function withMaxLength(form: TForm, spec: ColumnSpec): TForm {
  const elementCode = valueCode(form);
  let maxLength = 0;
  for (let row = 0; row < spec.values.length; row += 1) {
    maxLength = Math.max(maxLength, valuesInRow(elementCode, rowValues(spec, row)));
  }
  return makeTForm(form.code, 1, { elementCode, maxLength });
}

/** The array of a row; for characters a string. */
function rowValues(spec: ColumnSpec, row: number): ArrayLike<Element> {
  const values = spec.values[row];
  if (values !== undefined && typeof values !== 'string' && typeof values !== 'object') {
    throw badValue(spec.name, row, `found ${String(values)}, needed an array`);
  }
  return values ?? [];
}

function valuesInRow(code: Parameters<typeof elementsPerValue>[0], values: ArrayLike<Element>): number {
  return values.length / elementsPerValue(code);
}

function elementsInRow({ cards }: Planned): number {
  if (cards.form.elementCode !== undefined) return 1;
  const code = valueCode(cards.form);
  return code === 'A' ? textShape(cards).count : elementsPerValue(code) * cards.form.repeat;
}

function countRows(spec: TableSpec, planned: readonly Planned[]): number {
  let rowCount = spec.rowCount;
  for (const column of planned) {
    const width = elementsInRow(column);
    const { length } = column.spec.values;
    rowCount ??= width === 0 ? undefined : length / width;
    if (length !== width * (rowCount ?? 0) || !Number.isSafeInteger(rowCount ?? 0)) {
      throw badColumn(
        column.spec,
        `${length} values are no ${rowCount === undefined ? '' : `${Math.ceil(rowCount)} `}rows of ${width}`,
      );
    }
  }
  return rowCount ?? 0;
}

function heapNeeded({ spec, cards: { form } }: Planned): number {
  if (form.elementCode === undefined) return 0;
  let bytes = 0;
  for (let row = 0; row < spec.values.length; row += 1) {
    bytes += elementsBytes(form.elementCode, valuesInRow(form.elementCode, rowValues(spec, row)));
  }
  return bytes;
}

function fillColumn({ spec, cards, offset }: Planned, rows: Uint8Array, rowBytes: number, rowCount: number): void {
  const width = elementsInRow({ spec, cards, offset });
  const values = spec.values as ArrayLike<Element>;
  const place = { bytes: rows, start: offset, stride: rowBytes };
  const get = (row: number, element: number): Element => values[row * width + element];
  encodeCells(cards, get, rowCount, cards.form.repeat, place, (row, reason) => {
    throw badValue(spec.name, row, reason);
  });
}

function fillArrays(
  { spec, cards, offset }: Planned,
  rows: Uint8Array,
  rowBytes: number,
  rowCount: number,
  heap: Uint8Array,
  heapStart: number,
): number {
  const code = valueCode(cards.form);
  let heapEnd = heapStart;
  for (let row = 0; row < rowCount; row += 1) {
    const values = rowValues(spec, row);
    const count = valuesInRow(code, values);
    const refuse = (_: number, reason: string): never => {
      throw badValue(spec.name, row, reason);
    };
    if (!Number.isInteger(count)) refuse(row, `${values.length} numbers are no whole number of complex ones`);
    if (count === 0) continue;
    const get = (_: number, element: number): Element => (typeof values === 'string' ? values : values[element]);
    encodeCells(cards, get, 1, count, { bytes: heap, start: heapEnd, stride: 0 }, refuse);
    if (!putDescriptor(rows, row * rowBytes + offset, cards.form.code, count, heapEnd)) {
      refuse(row, `the heap has grown to ${heapEnd} bytes, more than P can address; use Q`);
    }
    heapEnd += elementsBytes(code, count);
  }
  return heapEnd;
}

function badColumn(spec: ColumnSpec, reason: string): IactError {
  return new IactError('bad-data', `Cannot build the column "${spec.name}": ${reason}`);
}
