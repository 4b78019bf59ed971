import { directoryOf, IactError } from '../../core/index.ts';
import type { BinTable } from '../../fits/index.ts';
import { findIndexTable, joinInStore, type MasterIndex } from '../../gadf/index.ts';
import { findFile, type LocalDestination } from '../../storage/index.ts';
import { readFitsFile } from '../store-file.ts';
import type { Change } from './change.ts';
import type { FileDigests } from './inspect-file.ts';

/** A change, or one that depends on what another file becomes. */
export interface PlannedChange extends Change {
  /** Path of a file that is to be repaired, too: the cell takes its size or digest when that is known. */
  readonly follows?: string | undefined;
}

/** What a file is and was, as far as an index may tell of it. */
export interface FileHistory {
  /** What an index may say of it that is no longer right, or will not be. */
  readonly former: readonly FileDigests[];
  /** What it is now; absent if it is about to be changed. */
  readonly now: FileDigests | undefined;
}

/** An index file, by its path with links followed. */
export interface IndexTable {
  readonly path: string;
  /** The folder that its rows count from: that of the name in the master index. */
  readonly folder: string;
  readonly hdu: { readonly index: number; readonly name: string };
  readonly table: BinTable;
}

/** The HDU indexes that a master index names, each once; those that cannot be read tell of no file. */
export async function* readHduIndexes(source: LocalDestination, master: MasterIndex): AsyncGenerator<IndexTable, void> {
  const seen = new Set<string>();
  for (const { hduindx = '' } of master.datasets) {
    try {
      const file = hduindx === '' ? undefined : await findFile(source, joinInStore([hduindx], ''));
      const path = file && (await source.realPath(file.path));
      if (file === undefined || path === undefined || seen.has(path)) continue;
      seen.add(path);
      const uri = source.uriOf(path);
      const { table, hduIndex } = findIndexTable(await readFitsFile(source, file), 'hdu', uri);
      const name = table.header.get('EXTNAME');
      yield {
        path,
        folder: directoryOf(file.path),
        hdu: { index: hduIndex, name: typeof name === 'string' ? name : '' },
        table,
      };
    } catch (error) {
      if (!(error instanceof IactError) || !['bad-data', 'unsafe-path', 'unreadable'].includes(error.code)) throw error;
    }
  }
}

/**
 * The cells of SIZE and MD5 that must follow files which are changed: those that tell of what such a file was, and those
 * that were to be repaired anyway. Cells that were wrong before, and are not to be repaired, stay as they are.
 *
 * @param planned changes of the index, by row and column.
 */
export async function findFollowers(
  source: LocalDestination,
  { path, folder, hdu, table }: IndexTable,
  histories: ReadonlyMap<string, FileHistory>,
  planned: (row: number, column: string) => Change | undefined,
): Promise<PlannedChange[]> {
  const columns = (['SIZE', 'MD5'] as const).filter((name) => table.column(name) !== undefined);
  if (columns.length === 0 || histories.size === 0) return [];
  const historyOf = rowHistories(source, table, folder, histories);
  const followers: PlannedChange[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const found = await historyOf(row);
    if (found === undefined) continue;
    const { file, history } = found;
    for (const name of columns) {
      const cell = cellOf(table, name, row);
      const asked = planned(row + 1, name);
      const isFormer = history.former.some((each) => tellsOf(cell, name, each));
      if (asked === undefined && !isFormer) continue;
      const value = asked?.value ?? (history.now === undefined ? null : cellValue(history.now, name));
      if (history.now !== undefined && value === cell) continue;
      const rule = asked?.rule ?? (name === 'SIZE' ? 'file-size' : 'file-md5');
      const follows = history.now === undefined ? { follows: file } : {};
      followers.push({ path, hdu, rule, kind: 'cell', name, row: row + 1, found: cell, value, ...follows });
    }
  }
  return followers;
}

export function cellValue({ sizeBytes, md5 }: FileDigests, column: string): string | number {
  return column === 'SIZE' ? sizeBytes : md5;
}

function tellsOf(cell: string | number, column: 'SIZE' | 'MD5', digests: FileDigests): boolean {
  const text = typeof cell === 'string' ? cell.toLowerCase() : cell;
  return text === cellValue(digests, column);
}

function cellOf(table: BinTable, name: string, row: number): string | number {
  const data = table.read(name, Uint32Array.of(row));
  if (data.kind === 'string') return data.get(0).trim();
  return data.kind === 'number' || data.kind === 'bigint' ? Number(data.values[0]) : Number.NaN;
}

function rowHistories(
  source: LocalDestination,
  table: BinTable,
  folder: string,
  histories: ReadonlyMap<string, FileHistory>,
): (row: number) => Promise<{ file: string; history: FileHistory } | undefined> {
  const base = table.header.get('BASE_DIR');
  const [dirs, names] = [textsOf(table, 'FILE_DIR'), textsOf(table, 'FILE_NAME')];
  const known = new Map<string, string | undefined>();
  return async (row) => {
    const parts = [folder, typeof base === 'string' ? base : '', dirs(row), names(row)];
    const key = parts.join('\n');
    if (!known.has(key)) known.set(key, await realFile(source, parts));
    const file = known.get(key);
    const history = file === undefined ? undefined : histories.get(file);
    return file === undefined || history === undefined ? undefined : { file, history };
  };
}

function textsOf(table: BinTable, name: string): (row: number) => string {
  const data = table.read(name);
  return (row) => (data.kind === 'string' ? data.get(row).trim() : '');
}

async function realFile(source: LocalDestination, parts: readonly string[]): Promise<string | undefined> {
  try {
    const file = await findFile(source, joinInStore(parts, ''));
    return file && (await source.realPath(file.path));
  } catch (error) {
    if (error instanceof IactError) return undefined;
    throw error;
  }
}
