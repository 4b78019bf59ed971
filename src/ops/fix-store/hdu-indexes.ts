import { IactError, messageOf } from '../../core/index.ts';
import type { BinTable } from '../../fits/index.ts';
import { findHduIndexTables, joinInStore, type MasterIndex } from '../../gadf/index.ts';
import { type FileInfo, findFile, type LocalDestination } from '../../storage/index.ts';
import { type IndexRows, readIndexRows } from '../../validate/index.ts';
import { readFitsFile } from '../store-file.ts';

/** A table of an index file. */
export interface IndexTable {
  /** Path of the file with links followed. */
  readonly path: string;
  /** What the file was when it was read. */
  readonly info: FileInfo;
  readonly hdu: { readonly index: number; readonly name: string };
  readonly table: BinTable;
  /** Its cells; paths count from the folder of the name that the master index has. */
  readonly rows: IndexRows;
}

/** An index file of which nobody knows what it tells. */
export interface UnreadIndex {
  readonly path: string;
  readonly fault: string;
}

/** The index files that a master index names in this key, each once, by its path with links followed. */
export async function* findIndexFiles(
  source: LocalDestination,
  { datasets }: MasterIndex,
  key: 'hduindx' | 'obsindx',
): AsyncGenerator<{ readonly named: string; readonly path: string; readonly info: FileInfo }, void> {
  const seen = new Set<string>();
  for (const { [key]: name = '' } of datasets) {
    const file = name === '' ? undefined : await fileInStore(source, [name]);
    if (file === undefined || seen.has(file.path)) continue;
    seen.add(file.path);
    yield file;
  }
}

/** The HDU indexes that a master index names, one after the other. */
export async function* readHduIndexes(
  source: LocalDestination,
  master: MasterIndex,
): AsyncGenerator<IndexTable | UnreadIndex, void> {
  for await (const { named, path, info } of findIndexFiles(source, master, 'hduindx')) {
    try {
      const uri = source.uriOf(path);
      for (const { table, hduIndex } of findHduIndexTables(await readFitsFile(source, { path, info }), uri)) {
        const name = table.header.get('EXTNAME');
        const hdu = { index: hduIndex, name: typeof name === 'string' ? name : '' };
        yield { path, info, hdu, table, rows: readIndexRows(table, named, uri) };
      }
    } catch (error) {
      if (!(error instanceof IactError) || !['bad-data', 'unreadable'].includes(error.code)) throw error;
      yield { path, fault: messageOf(error) };
    }
  }
}

/**
 * The file that parts of a path name, or its compressed sibling.
 *
 * @returns `undefined` if there is none, and where the path or a link leads out of the store.
 */
export async function fileInStore(
  source: LocalDestination,
  parts: readonly string[],
): Promise<{ readonly named: string; readonly path: string; readonly info: FileInfo } | undefined> {
  try {
    const file = await findFile(source, joinInStore(parts, ''));
    const path = file && (await source.realPath(file.path));
    return file === undefined || path === undefined ? undefined : { named: file.path, path, info: file.info };
  } catch (error) {
    if (error instanceof IactError && error.code === 'unsafe-path') return undefined;
    throw error;
  }
}
