import { directoryOf } from '../core/index.ts';
import type { BinTable, Column, ColumnData, Header } from '../fits/index.ts';
import { type ObservationIds, readObservationIds } from './observation-ids.ts';
import { pathOfText } from './path-text.ts';
import { joinInStore } from './store-path.ts';

/** The rows of an HDU index that name data files. */
export interface IndexedFiles {
  /** Paths of the files relative to the root of the store, each once, in the order of the index. */
  readonly paths: readonly string[];
  /** For each of the rows asked for, the position of its file in `paths`; -1 where the row names none. */
  readonly fileOfRow: Int32Array;
}

/**
 * An HDU index table: which HDU of which file holds what of which observation.
 *
 * @see GADF v0.3 hdu-index
 */
export class HduIndex {
  readonly table: BinTable;
  readonly ids: ObservationIds;
  /** Path of the index file relative to the root of its store. */
  readonly path: string;
  /** Names the index in errors. */
  readonly uri: string;

  constructor(table: BinTable, path: string, uri: string) {
    this.table = table;
    this.path = path;
    this.uri = uri;
    this.ids = readObservationIds(table, uri);
  }

  /**
   * Resolves `BASE_DIR / FILE_DIR / FILE_NAME` of rows to paths inside the store. A row without `FILE_NAME` names no
   * file. `BASE_DIR` counts from the directory of the index, so that a store stays whole when it moves; see
   * {@link baseDirectory}.
   *
   * @param rows row numbers from 0; all rows if absent.
   * @throws {IactError} `unsafe-path`, naming the row, for a path that is absolute or leaves the store.
   * @see GADF v0.3 hdu-index, BASE_DIR
   */
  files(rows?: Uint32Array): IndexedFiles {
    const count = rows?.length ?? this.table.rowCount;
    const dirs = stringsOf(this.table, 'FILE_DIR');
    const names = stringsOf(this.table, 'FILE_NAME');
    const resolve = this.pathResolver();
    const positions = new Map<string, number>();
    const paths: string[] = [];
    const fileOfRow = new Int32Array(count);
    let previousRow = -1;
    let previousFile = -1;
    for (let index = 0; index < count; index++) {
      const row = rows?.[index] ?? index;
      // The rows of one observation follow each other and mostly name one file: comparing bytes is cheaper than text.
      if (previousRow < 0 || !(dirs.same(previousRow, row) && names.same(previousRow, row))) {
        const [dir, name] = [pathOfText(dirs.get(row)), pathOfText(names.get(row))];
        previousFile = name === '' ? -1 : positionOf(resolve(dir, name, row), positions, paths);
      }
      previousRow = row;
      fileOfRow[index] = previousFile;
    }
    return { paths, fileOfRow };
  }

  /**
   * The folder that the paths of rows count from, relative to the root of the store.
   *
   * @throws {IactError} `unsafe-path` if it leaves the store.
   */
  get base(): string {
    return joinInStore(this.baseDirectory(), `HDU index "${this.uri}"`);
  }

  /** Text of a column in a row, or `''` if the table has no such column. */
  text(column: string, row: number): string {
    return stringsOf(this.table, column).get(row);
  }

  private baseDirectory(): string[] {
    return [directoryOf(this.path), baseDirectory(this.table.header)];
  }

  /** Resolves the paths that rows name; a folder that many of them share is resolved once. */
  private pathResolver(): (dir: string, name: string, row: number) => string {
    const base = this.baseDirectory();
    const folders = new Map<string, string>();
    return (dir, name, row) => {
      const folder = isPlainName(name) ? folders.get(dir) : undefined;
      if (folder !== undefined) return folder === '' ? name : `${folder}/${name}`;
      const place = `HDU index "${this.uri}", row ${row + 1} (OBS_ID ${this.ids.at(row)})`;
      const path = joinInStore([...base, dir, name], place);
      if (isPlainName(name)) folders.set(dir, directoryOf(path));
      return path;
    };
  }
}

/** Whether a path is a name in its folder, and leads nowhere else. */
function isPlainName(path: string): boolean {
  return path !== '.' && path !== '..' && !/[/\0]/.test(path);
}

function positionOf(path: string, positions: Map<string, number>, paths: string[]): number {
  const known = positions.get(path);
  if (known !== undefined) return known;
  positions.set(path, paths.length);
  paths.push(path);
  return paths.length - 1;
}

/**
 * `BASE_DIR` of an HDU index, relative to its folder. One that is absolute, or begins with a variable or `~`, tells where
 * the data were when the index was made (lstchain writes it always): it is passed over, as gammapy does. So it is where
 * that folder is one of this store: what an index means does not depend on the machine that it is read on.
 *
 * @see GADF v0.3 hdu-index, BASE_DIR
 */
export function baseDirectory(header: Header): string {
  const base = header.get('BASE_DIR');
  return typeof base === 'string' && !isOfMachine(base) ? pathOfText(base) : '';
}

/** Whether a path means something on the machine only that it was written on. */
export function isOfMachine(path: string): boolean {
  return /^[/$~]/.test(path);
}

interface Strings {
  get(row: number): string;
  same(row: number, other: number): boolean;
}

const NO_STRINGS: Strings = { get: () => '', same: () => true };

function stringsOf(table: BinTable, name: string): Strings {
  const column = table.column(name);
  if (column === undefined) return NO_STRINGS;
  const data: ColumnData = table.read(column);
  if (data.kind !== 'string' || data.width !== 1) return NO_STRINGS;
  return { get: (row) => data.get(row), same: (row, other) => sameBytes(table, column, row, other) };
}

function sameBytes(table: BinTable, column: Column, row: number, other: number): boolean {
  const { rows, rowBytes } = table;
  let left = row * rowBytes + column.offset;
  let right = other * rowBytes + column.offset;
  for (const end = left + column.form.bytes; left < end; left++, right++) {
    if (rows[left] !== rows[right]) return false;
  }
  return true;
}
