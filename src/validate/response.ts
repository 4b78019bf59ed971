import { IactError } from '../core/index.ts';
import type { ArrayData, BinTable } from '../fits/index.ts';
import type { HduFacts } from './facts.ts';
import { type AxisName, OLDER_AXIS_NAME } from './formats/index.ts';
import { headerText } from './header-values.ts';
import { numbersIn, remember } from './row-batch.ts';

/** An axis of a response, as its two columns have it. */
export interface ResponseAxis {
  readonly name: AxisName;
  /** Names of the columns. */
  readonly columns: readonly [low: string, high: string];
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** Bins. */
  readonly length: number;
}

/** A table of a response, whose first row is read. */
export interface ResponseTable {
  /** In the order of the data, the one that runs fastest first. */
  readonly axes: readonly ResponseAxis[];
  readonly column: string;
  readonly values: ArrayLike<number>;
}

/** The axes of a response that are there, in the order of their columns. */
export function readAxes({ format }: Pick<HduFacts, 'format'>, table: BinTable): ResponseAxis[] {
  const found: (ResponseAxis & { position: number })[] = [];
  for (const name of format?.response?.axes ?? []) {
    const older = OLDER_AXIS_NAME[name];
    const prefix = [name, older].find((each) => each !== undefined && table.column(`${each}_LO`) !== undefined);
    const [low, high] = [table.column(`${prefix}_LO`), table.column(`${prefix}_HI`)];
    if (low === undefined || high === undefined) continue;
    const [lows, highs] = [firstRow(table, low.name), firstRow(table, high.name)];
    if (lows === undefined || highs === undefined || lows.length !== highs.length) continue;
    const columns = [low.name, high.name] as const;
    found.push({ name, columns, low: lows, high: highs, length: lows.length, position: low.index });
  }
  return found.sort((left, right) => left.position - right.position);
}

/**
 * The data of a response with their axes; `undefined` if they do not fit each other (response-shape tells why).
 *
 * The order of axes is that of CREF or, without it, of the columns (OGIP CAL/GEN/92-003).
 */
export function readResponse(hdu: HduFacts, table: BinTable, name: string): ResponseTable | undefined {
  const column = table.column(name) ?? olderColumn(hdu, table, name);
  const values = column && firstRow(table, column.name);
  const axes = axisOrder(readAxes(hdu, table), headerText(hdu.header, `CREF${(column?.index ?? 0) + 1}`));
  if (column === undefined || values === undefined) return undefined;
  if (axes.length !== hdu.format?.response?.axes.length) return undefined;
  if (axes.reduce((product, { length }) => product * length, 1) !== values.length) return undefined;
  const { dim } = column;
  if (dim !== undefined && axes.some(({ length }, i) => length !== dim[i])) return undefined;
  return { axes, column: column.name, values };
}

export function olderColumn(
  { format }: Pick<HduFacts, 'format'>,
  table: BinTable,
  name: string,
): BinTable['columns'][number] | undefined {
  const older = format?.columns.find((spec) => spec.name === name)?.older ?? [];
  return older.map((each) => table.column(each)).find((each) => each !== undefined);
}

/** The axes as CREF orders them. @see OGIP CAL/GEN/92-003 */
export function axisOrder(axes: readonly ResponseAxis[], reference: string | undefined): ResponseAxis[] {
  const names = /^\((.*)\)$/.exec(reference?.trim() ?? '')?.[1]?.split(',');
  if (names === undefined) return [...axes];
  const ordered = names.map((each) =>
    axes.find(({ columns }) => each.trim().toUpperCase().startsWith(columns[0].toUpperCase())),
  );
  return ordered.every((axis) => axis !== undefined) && ordered.length === axes.length
    ? (ordered as ResponseAxis[])
    : [...axes];
}

/** The numbers in the first row of a column. */
export function firstRow(table: BinTable, name: string): ArrayLike<number> | undefined {
  const column = table.column(name);
  if (column === undefined || table.rowCount < 1) return undefined;
  return remember(table, `first ${column.index}`, () => {
    const data = table.read(column, FIRST_ROW);
    return data.kind === 'array' ? numbersOfArray(data) : numbersIn(data);
  });
}

const FIRST_ROW = Uint32Array.of(0);

function numbersOfArray(data: ArrayData): ArrayLike<number> | undefined {
  try {
    return numbersIn(data.get(0));
  } catch (error) {
    // It lies outside of the heap: fits-cells tells it.
    if (error instanceof IactError) return undefined;
    throw error;
  }
}

/**
 * Sums over one axis, for every bin of the others.
 *
 * @param weight of a bin of that axis.
 */
export function sumsOver(
  { axes, values }: ResponseTable,
  over: AxisName,
  weight: (bin: number) => number,
): Float64Array {
  const position = axes.findIndex(({ name }) => name === over);
  const inner = axes.slice(0, position).reduce((product, { length }) => product * length, 1);
  const count = axes[position]?.length ?? 1;
  const weights = Float64Array.from({ length: count }, (_, bin) => weight(bin));
  const sums = new Float64Array(values.length / count);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.floor(i / inner) % count;
    const at = Math.floor(i / (inner * count)) * inner + (i % inner);
    sums[at] = (sums[at] as number) + (values[i] as number) * (weights[bin] as number);
  }
  return sums;
}
