import type { BinTable } from '../fits/index.ts';
import { type HduIndex, type IndexedFiles, type IndexKind, type ObservationIds, TIME_KEYWORDS } from '../gadf/index.ts';
import { cellValue } from './cell-value.ts';
import { type ColumnPairs, pairColumns, type SharedColumn, sameCell } from './compare-cells.ts';
import type { Difference, HduName, Side, ValuePair } from './difference.ts';

/** An index table with its observations. */
export interface IdTable {
  readonly table: BinTable;
  readonly ids: ObservationIds;
}

export interface RowComparison {
  readonly differences: readonly Difference[];
  /** Observations that both have, as text. */
  readonly shared: ReadonlySet<string>;
}

/** What the times of a table count from. @see GADF v0.3 time */
const COMPARED_KEYWORDS = [...TIME_KEYWORDS, 'TIMEREF'];

/** Compares two observation indexes, whatever the order of their rows and columns. */
export function compareObservationRows(dataset: string, a: IdTable, b: IdTable): RowComparison {
  const differences: Difference[] = [];
  const [rowsA, rowsB] = [rowsById(a.ids), rowsById(b.ids)];
  const pairs = pairColumns(a.table, b.table, new Set(['OBS_ID']));
  differences.push(...headDifferences(dataset, 'obs', a.table, b.table, pairs));
  const shared = new Set<string>();
  const equalRows = sameLayout(a.table, b.table) ? sameBytes(a.table, b.table) : () => false;
  for (const [key, mine] of rowsA) {
    const theirs = rowsB.get(key);
    const id = a.ids.at(mine[0] ?? 0);
    if (theirs === undefined) differences.push({ kind: 'observation', dataset, id, only: 'a' });
    else {
      shared.add(key);
      const values = rowValues(mine, theirs, pairs.shared, equalRows);
      if (values.length > 0) differences.push({ kind: 'observation-row', dataset, id, values });
    }
  }
  for (const [key, [row = 0]] of rowsB) {
    if (!rowsA.has(key)) differences.push({ kind: 'observation', dataset, id: b.ids.at(row), only: 'b' });
  }
  return { differences, shared };
}

/** Rows that an index has more than one of for an observation are compared in their order. */
function rowValues(
  mine: readonly number[],
  theirs: readonly number[],
  columns: readonly SharedColumn[],
  equalRows: (one: number, other: number) => boolean,
): ValuePair[] {
  if (mine.length !== theirs.length) return [{ name: 'ROWS', a: mine.length, b: theirs.length }];
  return mine.flatMap((row, i) => {
    const other = theirs[i] ?? 0;
    return equalRows(row, other) ? [] : valuePairs(columns, row, other);
  });
}

/** Their rows are compared by what they name, not by how: directories may be written in different ways. */
const FILE_COLUMNS: ReadonlySet<string> = new Set(['OBS_ID', 'HDU_TYPE', 'HDU_CLASS', 'FILE_DIR', 'FILE_NAME']);

/**
 * Compares the HDUs that two indexes list of the observations that both stores have.
 *
 * @throws {IactError} `unsafe-path` for a path that leaves its store.
 */
export function compareHduRows(
  dataset: string,
  a: HduIndex,
  b: HduIndex,
  isShared: (id: string) => boolean,
): Difference[] {
  const pairs = pairColumns(a.table, b.table, FILE_COLUMNS);
  const differences = headDifferences(dataset, 'hdu', a.table, b.table, pairs);
  const [mine, theirs] = [new HduRows(a), new HduRows(b)];
  const equalRows = sameLayout(a.table, b.table) ? sameBytes(a.table, b.table) : () => false;
  const [rowsA, rowsB] = [rowsById(a.ids), rowsById(b.ids)];
  for (const key of new Set([...rowsA.keys(), ...rowsB.keys()])) {
    if (!isShared(key)) continue;
    const [one, two] = [mine.named(rowsA.get(key)), theirs.named(rowsB.get(key))];
    for (const [name, row] of one) {
      const other = two.get(name);
      const common = { kind: 'hdu-row', dataset, id: a.ids.at(row), hdu: mine.at(row) } as const;
      if (other === undefined) differences.push({ ...common, only: 'a', values: [] });
      else {
        const values = equalRows(row, other) ? [] : valuePairs(pairs.shared, row, other);
        const [pathA, pathB] = [mine.pathOf(row), theirs.pathOf(other)];
        if (pathA !== pathB) values.unshift({ name: 'FILE', a: pathA, b: pathB });
        if (values.length > 0) differences.push({ ...common, only: null, values });
      }
    }
    for (const [name, row] of two) {
      if (one.has(name)) continue;
      differences.push({ kind: 'hdu-row', dataset, id: b.ids.at(row), hdu: theirs.at(row), only: 'b', values: [] });
    }
  }
  return differences;
}

/** The rows of an HDU index by what they list. */
class HduRows {
  private readonly files: IndexedFiles;
  private readonly columns: readonly ((row: number) => string)[];

  constructor(index: HduIndex) {
    this.files = index.files();
    // Decoding a column is cheap only once.
    this.columns = ['HDU_TYPE', 'HDU_CLASS', 'HDU_NAME'].map((name) => textColumn(index.table, name));
  }

  at(row: number): HduName {
    const [type = '', hduClass = '', hduName = ''] = this.columns.map((at) => at(row));
    return { type, hduClass, hduName };
  }

  pathOf(row: number): string {
    return this.files.paths[this.files.fileOfRow[row] ?? -1] ?? '';
  }

  /** Rows of one observation by type and class, and by their number where there are several such. */
  named(rows: readonly number[] = []): Map<string, number> {
    const named = new Map<string, number>();
    for (const row of rows) {
      const key = `${this.columns[0]?.(row)}\n${this.columns[1]?.(row)}`.toLowerCase();
      let count = 0;
      while (named.has(`${key}\n${count}`)) count++;
      named.set(`${key}\n${count}`, row);
    }
    return named;
  }
}

function textColumn(table: BinTable, name: string): (row: number) => string {
  const column = table.column(name);
  const data = column && table.read(column);
  return data?.kind === 'string' && data.width === 1 ? (row) => data.get(row) : () => '';
}

function rowsById(ids: ObservationIds): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (let row = 0; row < ids.length; row++) {
    const key = String(ids.at(row));
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [row]);
    else known.push(row);
  }
  return rows;
}

function valuePairs(columns: readonly SharedColumn[], row: number, other: number): ValuePair[] {
  return columns
    .filter(({ a, b }) => !sameCell(a, row, b, other))
    .map(({ name, a, b }) => ({ name, a: cellValue(a, row), b: cellValue(b, other) }));
}

function headDifferences(
  dataset: string,
  index: IndexKind,
  a: BinTable,
  b: BinTable,
  { onlyA, onlyB, units }: ColumnPairs,
): Difference[] {
  const column = (name: string, only: Side): Difference => ({
    kind: 'column',
    dataset,
    index,
    name,
    only,
    units: null,
  });
  const keywords = COMPARED_KEYWORDS.map((name) => ({ name, a: keyword(a, name), b: keyword(b, name) }));
  return [
    ...keywords
      .filter((value) => value.a !== value.b)
      .map((value): Difference => ({ kind: 'keyword', dataset, index, value })),
    ...onlyA.map((name) => column(name, 'a')),
    ...onlyB.map((name) => column(name, 'b')),
    ...units.map(
      ({ name, ...pair }): Difference => ({ kind: 'column', dataset, index, name, only: null, units: pair }),
    ),
  ];
}

function keyword({ header }: BinTable, name: string): number | string | null {
  const value = header.get(name);
  if (typeof value === 'string') return value.trim().toUpperCase();
  return typeof value === 'number' ? value : null;
}

function sameLayout(a: BinTable, b: BinTable): boolean {
  const layout = ({ columns }: BinTable): string =>
    JSON.stringify(
      columns.map(({ name, form, scale, zero, nullValue }) => [
        name,
        form.code,
        form.repeat,
        scale,
        String(zero),
        String(nullValue),
      ]),
    );
  const hasArrays = a.columns.some(({ form }) => form.elementCode !== undefined);
  return !hasArrays && layout(a) === layout(b);
}

/** Rows of the same bytes are equal, which is cheap to see. */
function sameBytes(a: BinTable, b: BinTable): (one: number, other: number) => boolean {
  const width = a.rowBytes;
  return (one, other) => {
    let [i, j] = [one * width, other * width];
    for (const end = i + width; i < end; i++, j++) {
      if (a.rows[i] !== b.rows[j]) return false;
    }
    return true;
  };
}
