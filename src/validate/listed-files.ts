import type { IndexRows } from './index-rows.ts';

/** A data file, and the rows of the HDU index that name it. */
export interface ListedFile {
  readonly path: string;
  /** From 0, rising. */
  readonly rows: readonly number[];
}

/**
 * The data files that an HDU index names, in the order in which it does; kept as numbers, as there may be many. A row
 * without an ID belongs to no observation, and one without a path names no file; other rules tell of them.
 */
export class ListedFiles {
  readonly count: number;
  readonly #cells: IndexRows;
  /** All rows, those of a file together; and where each file begins among them. */
  readonly #rows: Uint32Array;
  readonly #starts: Uint32Array;

  constructor(cells: IndexRows) {
    const fileOfRow = new Int32Array(cells.count).fill(-1);
    const sizes: number[] = [];
    const known = new Map<string, number>();
    for (let row = 0; row < cells.count; row++) {
      const path = cells.path(row);
      if (path === undefined || cells.id(row) === '') continue;
      const file = known.get(path) ?? sizes.push(0) - 1;
      known.set(path, file);
      sizes[file] = (sizes[file] as number) + 1;
      fileOfRow[row] = file;
    }
    this.#cells = cells;
    this.count = sizes.length;
    this.#starts = new Uint32Array(sizes.length + 1);
    for (const [file, size] of sizes.entries()) this.#starts[file + 1] = (this.#starts[file] as number) + size;
    this.#rows = sorted(fileOfRow, this.#starts);
  }

  at(file: number): ListedFile {
    const rows = Array.from(this.#rows.subarray(this.#starts[file], this.#starts[file + 1]));
    return { path: this.#cells.path(rows[0] as number) as string, rows };
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
