import { IactError } from '../../core/index.ts';
import type { BinTable } from '../../fits/index.ts';
import type { LocalDestination } from '../../storage/index.ts';
import type { Change } from './change.ts';
import { fileInStore, type IndexTable } from './hdu-indexes.ts';
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

/**
 * The cells of SIZE and MD5 that must follow files which are changed: those that tell of what such a file was, and those
 * that were to be repaired anyway. Cells that were wrong before, and are not to be repaired, stay as they are.
 *
 * @param planned changes of the index, by row and column.
 */
export async function findFollowers(
  source: LocalDestination,
  { path, hdu, table, rows }: IndexTable,
  histories: ReadonlyMap<string, FileHistory>,
  planned: (row: number, column: string) => Change | undefined,
): Promise<PlannedChange[]> {
  const columns = (['SIZE', 'MD5'] as const).filter((name) => table.column(name) !== undefined);
  if (columns.length === 0) return [];
  const files = realPaths(source);
  const followers: PlannedChange[] = [];
  for (let row = 0; row < rows.count; row++) {
    const named = rows.path(row);
    const file = named === undefined ? undefined : await files(named);
    const history = file === undefined ? undefined : histories.get(file);
    if (history === undefined) continue;
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

/** Finds the file that a path leads to; mostly many rows name the same. A file that cannot be asked for is none. */
function realPaths(source: LocalDestination): (named: string) => Promise<string | undefined> {
  const known = new Map<string, string | undefined>();
  return async (named) => {
    if (!known.has(named)) known.set(named, await realPath(source, named));
    return known.get(named);
  };
}

async function realPath(source: LocalDestination, named: string): Promise<string | undefined> {
  try {
    return (await fileInStore(source, [named]))?.path;
  } catch (error) {
    if (error instanceof IactError) return undefined;
    throw error;
  }
}
