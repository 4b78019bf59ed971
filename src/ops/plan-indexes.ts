import { type BinTable, concatTables } from '../fits/index.ts';
import {
  alignHduIndex,
  alignTimes,
  findIndexTable,
  type IndexKind,
  type IndexMerge,
  mergeIndex,
  type ObservationId,
  type Preference,
} from '../gadf/index.ts';
import type { Destination, Source } from '../storage/index.ts';
import type { FileToPublish } from '../transfer/index.ts';
import type { IndexUpdate } from './copy-events.ts';
import { indexFileContent } from './index-file-content.ts';
import { hduIndexOf, type IndexFile } from './open-store.ts';
import { hduTypeOf } from './select-files.ts';

/** An index file of a copy: what the source has, what the destination has, and which rows are to come. */
export interface IndexCommit {
  readonly kind: IndexKind;
  readonly remote: IndexFile;
  /** `undefined` if the destination has none. */
  readonly local: IndexFile | undefined;
  /** Rows of the remote table that have arrived; `undefined` if the whole table has, and nothing was selected. */
  readonly rows: Uint32Array | undefined;
  readonly prefer: Preference;
  /** Observations of the destination that go in any case. */
  readonly dropLocal?: ((id: ObservationId) => boolean) | undefined;
  /** Only some HDUs of each observation are copied: the others of the destination stay. */
  readonly byType?: boolean;
}

/** What is to be done with an index table. */
interface IndexChange {
  readonly update: IndexUpdate;
  /** Path of the file at the destination. */
  readonly path: string;
  readonly remote: IndexFile;
  /** The file whose other HDUs stay, and the table in it that gives way. */
  readonly base: IndexFile;
  readonly position: number;
  readonly table: () => BinTable;
}

/** What the index tables of the destination become. */
export interface PlannedIndexes {
  readonly updates: readonly IndexUpdate[];
  /** HDU index first; an index that does not change is not among them. */
  readonly files: readonly FileToPublish[];
}

/**
 * Brings the index tables of a destination up to date, in the given order. Writes nothing.
 *
 * The file of the source is taken as it is where all of it applies and nothing of the destination's remains; else the
 * tables are joined, paths and times brought to what those of the destination count from, and the other HDUs and header
 * cards of the destination's file stay. Two tables in one file are written together.
 */
export function planIndexes(commits: readonly IndexCommit[], source: Source, destination: Destination): PlannedIndexes {
  const changes = commits.map((commit) => planChange(commit, destination));
  const paths = [...new Set(changes.map(({ path }) => path))];
  const files = paths.flatMap((path) => {
    const group = changes.filter((change) => change.path === path);
    return fileOf(group, source);
  });
  return { updates: changes.map(({ update }) => update), files };
}

function planChange(commit: IndexCommit, destination: Destination): IndexChange {
  const { kind, remote, local, prefer } = commit;
  const remoteTable = findIndexTable(remote.hdus, kind, remote.uri);
  const rows = commit.rows ?? Uint32Array.from({ length: remoteTable.table.rowCount }, (_, row) => row);
  const path = local?.file.path ?? remote.file.path;
  const update = { kind, local: destination.uriOf(path), remote: remote.uri, prefer, remoteRows: rows.length };
  if (local === undefined) {
    const table = () =>
      commit.rows === undefined ? remoteTable.table : concatTables([{ table: remoteTable.table, rows }]);
    const counts = { existed: false, localRows: 0, removedLocalRows: 0, skippedRemoteRows: 0 };
    const change = commit.rows === undefined ? 'copied' : 'merged';
    return {
      path,
      remote,
      base: remote,
      position: remoteTable.hduIndex,
      table,
      update: { ...update, ...counts, change },
    };
  }
  const localTable = findIndexTable(local.hdus, kind, local.uri);
  const aligned = alignIndex(kind, remote, local);
  const { join, removedLocalRows, skippedRemoteRows } = mergeIndex({
    local: localTable.table,
    localUri: local.uri,
    remote: aligned,
    remoteUri: remote.uri,
    remoteRows: rows,
    prefer,
    dropLocal: commit.dropLocal,
    kindOf: kind === 'hdu' && commit.byType ? typesOf(local, remote) : undefined,
  });
  const localRows = localTable.table.rowCount;
  const replacesAll = commit.rows === undefined && removedLocalRows === localRows && hasSameShape(local, remote);
  const isUnchanged = skippedRemoteRows === rows.length && removedLocalRows === 0;
  const change = replacesAll ? 'copied' : isUnchanged ? 'unchanged' : 'merged';
  const counts = { existed: true, localRows, removedLocalRows, skippedRemoteRows };
  return {
    path,
    remote,
    base: local,
    position: localTable.hduIndex,
    table: join,
    update: { ...update, ...counts, change },
  };
}

/**
 * An index table as it can join another one: its paths and times count from where those do.
 *
 * @throws {IactError} `bad-data` for times that cannot be converted; `unsafe-path` for paths that leave the store.
 */
export function alignIndex(kind: IndexKind, remote: IndexFile, local: IndexFile): BinTable {
  const [from, to] = [remote, local].map(({ hdus, uri }) => findIndexTable(hdus, kind, uri).table) as [
    BinTable,
    BinTable,
  ];
  if (kind === 'obs') return alignTimes(from, to);
  return alignHduIndex(hduIndexOf(remote), hduIndexOf(local), new Map());
}

function typesOf(local: IndexFile, remote: IndexFile): IndexMerge['kindOf'] {
  const typeIn = (file: IndexFile) => {
    const index = hduIndexOf(file);
    return (row: number) => hduTypeOf(index, row);
  };
  return { local: typeIn(local), remote: typeIn(remote) };
}

/** Whether the file of the source can stand for that of the destination without an HDU or the compression lost. */
function hasSameShape(local: IndexFile, remote: IndexFile): boolean {
  const sameCompression = local.file.path.endsWith('.gz') === remote.file.path.endsWith('.gz');
  return local.hdus.length === remote.hdus.length && sameCompression;
}

/** The file that holds these tables; none if nothing in it changes. */
function fileOf(group: readonly IndexChange[], source: Source): FileToPublish[] {
  const [first] = group;
  if (first === undefined || group.every(({ update }) => update.change === 'unchanged')) return [];
  const { path, remote, base } = first;
  if (group.every(({ update }) => update.change === 'copied')) {
    const { mode, mtimeMs } = remote.file.info;
    const content = remote.bytes ? [remote.bytes] : source.read(remote.file.path, { expected: remote.file.info });
    return [{ path, content, attributes: { mode, mtimeMs } }];
  }
  const tables = new Map(group.map(({ position, table }) => [position, table()]));
  return [{ path, content: indexFileContent(base.hdus, tables, path) }];
}
