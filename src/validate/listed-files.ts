import type { IndexRows } from './index-rows.ts';

/** A data file, and the rows that name it. */
export interface ListedFile {
  readonly path: string;
  /** By the position of the HDU index; those that do not name it are left out. */
  readonly listings: readonly { readonly index: number; readonly rows: readonly number[] }[];
}

/**
 * The data files that HDU indexes name, each once, in the order in which they do; kept as numbers, as there may be many. A
 * row without an ID belongs to no observation, and one without a path names no file; other rules tell of them.
 */
export class ListedFiles {
  readonly count: number;
  readonly #indexes: readonly IndexRows[];
  /** Where the rows of each index begin, if those of all are numbered on. */
  readonly #firstRows: readonly number[];
  /** All rows, those of a file together; and where each file begins among them. */
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;

  constructor(indexes: readonly IndexRows[]) {
    const firstRows: number[] = [];
    let rowCount = 0;
    for (const { count } of indexes) {
      firstRows.push(rowCount);
      rowCount += count;
    }
    const fileOfRow = new Int32Array(rowCount).fill(-1);
    const sizes: number[] = [];
    const known = new Map<string, number>();
    for (const [index, cells] of indexes.entries()) {
      for (const [row, path] of listedPaths(cells)) {
        const file = known.get(path) ?? sizes.push(0) - 1;
        known.set(path, file);
        sizes[file] = (sizes[file] as number) + 1;
        fileOfRow[(firstRows[index] as number) + row] = file;
      }
    }
    this.#indexes = indexes;
    this.#firstRows = firstRows;
    this.count = sizes.length;
    this.#starts = new Uint32Array(sizes.length + 1);
    for (const [file, size] of sizes.entries()) this.#starts[file + 1] = (this.#starts[file] as number) + size;
    this.#rows = sorted(fileOfRow, this.#starts);
  }

  at(file: number): ListedFile {
    const byIndex = new Map<number, number[]>();
    let index = 0;
    for (const row of this.#rows.subarray(this.#starts[file], this.#starts[file + 1])) {
      while (row >= (this.#firstRows[index + 1] ?? Number.POSITIVE_INFINITY)) index += 1;
      const rows = byIndex.get(index) ?? [];
      byIndex.set(index, rows);
      rows.push(row - (this.#firstRows[index] as number));
    }
    const listings = [...byIndex].map(([position, rows]) => ({ index: position, rows }));
    const [first] = listings;
    return { path: this.#indexes[first?.index ?? 0]?.path(first?.rows[0] ?? 0) as string, listings };
  }
}

/**
 * Parts items into groups that have no file in common, each in the order of the items, and of their first ones.
 *
 * @param rowsOf the HDU indexes of an item.
 */
export function groupsByFiles<T>(items: readonly T[], rowsOf: (item: T) => readonly IndexRows[]): T[][] {
  const groupOf = items.map((_, position) => position);
  const join = (one: number, other: number): void => {
    const [from, to] = [Math.max(one, other), Math.min(one, other)];
    for (const [position, group] of groupOf.entries()) if (group === from) groupOf[position] = to;
  };
  const known = new Map<string, number>();
  for (const [position, item] of items.length > 1 ? items.entries() : []) {
    for (const cells of rowsOf(item)) {
      for (const [, path] of listedPaths(cells)) {
        const first = known.get(path) ?? position;
        known.set(path, first);
        const [one, other] = [groupOf[first] as number, groupOf[position] as number];
        if (one !== other) join(one, other);
      }
    }
  }
  const groups = items.map((_, group) => items.filter((__, position) => groupOf[position] === group));
  return groups.filter(({ length }) => length > 0);
}

/** Rows that count, with the paths that they name. */
function* listedPaths(cells: IndexRows): Generator<readonly [number, string], void> {
  for (let row = 0; row < cells.count; row++) {
    const path = cells.path(row);
    if (path !== undefined && cells.id(row) !== '') yield [row, path];
  }
}

/** Row numbers by the file that they name. */
function sorted(fileOfRow: Int32Array, starts: Uint32Array): Uint32Array {
  const next = starts.slice();
  const rows = new Uint32Array(starts.at(-1) ?? 0);
  for (const [row, file] of fileOfRow.entries()) {
    if (file < 0) continue;
    const at = next[file] as number;
    rows[at] = row;
    next[file] = at + 1;
  }
  return rows;
}
