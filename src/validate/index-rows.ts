import { posix } from 'node:path';
import { directoryOf, IactError } from '../core/index.ts';
import type { BinTable } from '../fits/index.ts';
import { baseDirectory, joinInStore, type ObservationId, pathOfText, readObservationIds } from '../gadf/index.ts';
import { numbersOf } from './row-batch.ts';

/** The cells of an HDU index by row, whatever its columns are like; `''` where a column is missing. */
export interface IndexRows {
  readonly count: number;
  id(row: number): ObservationId;
  type(row: number): string;
  hduClass(row: number): string;
  directory(row: number): string;
  fileName(row: number): string;
  hduName(row: number): string;
  sizeBytes(row: number): number | undefined;
  md5(row: number): string;
  /** Path inside the store; `undefined` if the row names no file, or one that is elsewhere. */
  path(row: number): string | undefined;
  /** Why there is no path. */
  pathFault(row: number): string | undefined;
  /** Path of this machine that the row names, by an absolute BASE_DIR, too; `undefined` if what it names is relative. */
  absolutePath(row: number): string | undefined;
  /** BASE_DIR, where it tells of the machine on which the index was made, and is passed over. */
  readonly ignoredBase: string | undefined;
}

export const NO_ROWS: IndexRows = {
  count: 0,
  id: () => '',
  type: () => '',
  hduClass: () => '',
  directory: () => '',
  fileName: () => '',
  hduName: () => '',
  sizeBytes: () => undefined,
  md5: () => '',
  path: () => undefined,
  pathFault: () => undefined,
  absolutePath: () => undefined,
  ignoredBase: undefined,
};

const NO_TEXT = { get: () => '' };

/** @param path of the index file, relative to the root of the store. */
export function readIndexRows(table: BinTable, path: string, uri: string): IndexRows {
  const cells = (name: string): { get(row: number): string } => {
    const column = table.column(name);
    const data = column && table.read(column);
    return data?.kind === 'string' && data.width === 1 ? data : NO_TEXT;
  };
  const texts = (name: string): ((row: number) => string) => {
    const data = cells(name);
    return (row) => data.get(row).trim();
  };
  const paths = (name: string): ((row: number) => string) => {
    const data = cells(name);
    let last = { text: '', path: '' };
    return (row) => {
      const text = data.get(row);
      // Not trim(): a byte of UTF-8 may look like a blank of Latin-1.
      if (text !== last.text) last = { text, path: pathOfText(text).replace(/^ +/, '') };
      return last.path;
    };
  };
  const [directory, fileName, sizes] = [paths('FILE_DIR'), paths('FILE_NAME'), numbersOf(table, 'SIZE')];
  const ids = idsOf(table, uri);
  const named = table.header.get('BASE_DIR');
  const given = typeof named === 'string' ? pathOfText(named) : '';
  const base = baseDirectory(table.header);
  const root = [directoryOf(path), base];
  // Mostly the rows of one observation name one file.
  let last: { dir: string; name: string; path: string | undefined; fault: string | undefined } | undefined;
  const resolve = (row: number) => {
    const [dir, name] = [directory(row), fileName(row)];
    if (last?.dir === dir && last.name === name) return last;
    last = { dir, name, ...resolvePath([...root, dir, name], name) };
    return last;
  };
  return {
    count: table.rowCount,
    id: ids,
    type: texts('HDU_TYPE'),
    hduClass: texts('HDU_CLASS'),
    directory,
    fileName,
    hduName: texts('HDU_NAME'),
    sizeBytes: (row) => {
      const size = sizes?.[row];
      return size === undefined || Number.isNaN(size) ? undefined : size;
    },
    md5: texts('MD5'),
    path: (row) => resolve(row).path,
    pathFault: (row) => resolve(row).fault,
    absolutePath: (row) => absolutePath([given, directory(row), fileName(row)]),
    ignoredBase: given === base ? undefined : given,
  };
}

/**
 * The IDs of an index table; `''` in every row if it has none that can be read. Text that is a number is one here, as the
 * other index may hold it so.
 */
export function idsOf(table: BinTable, uri: string): (row: number) => ObservationId {
  try {
    const ids = readObservationIds(table, uri);
    return (row) => {
      const id = ids.at(row);
      return typeof id === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(id.trim()) ? Number(id) : id;
    };
  } catch (error) {
    if (error instanceof IactError) return () => '';
    throw error;
  }
}

/** An absolute part begins anew, as in every program that joins paths. */
function absolutePath(parts: readonly string[]): string | undefined {
  const start = parts.findLastIndex((part) => part.startsWith('/'));
  return start < 0 || parts.at(-1) === '' ? undefined : posix.normalize(parts.slice(start).join('/'));
}

/** A path inside of the store that an absolute one means; `undefined` if it lies elsewhere. */
export function pathInside(roots: readonly string[], absolute: string): string | undefined {
  for (const root of roots) {
    const folder = root.endsWith('/') ? root : `${root}/`;
    if (absolute.startsWith(folder) && absolute.length > folder.length) return absolute.slice(folder.length);
  }
  return undefined;
}

function resolvePath(parts: readonly string[], name: string): { path: string | undefined; fault: string | undefined } {
  if (name === '') return { path: undefined, fault: 'it names no file' };
  try {
    return { path: joinInStore(parts, ''), fault: undefined };
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    return { path: undefined, fault: parts.some((part) => part.startsWith('/')) ? 'is absolute' : 'leaves the store' };
  }
}
