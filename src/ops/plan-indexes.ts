import { IactError } from '../core/index.ts';
import { type BinTable, concatTables } from '../fits/index.ts';
import {
  alignHduIndex,
  alignTimes,
  findHduIndexTables,
  findIndexTable,
  HduIndex,
  type IndexKind,
  type IndexMerge,
  type IndexTable,
  mergeIndex,
  type ObservationId,
  type Preference,
  rowsOfEach,
} from '../gadf/index.ts';
import type { Destination, Source } from '../storage/index.ts';
import type { FileToPublish } from '../transfer/index.ts';
import type { IndexUpdate } from './copy-events.ts';
import { indexFileContent } from './index-file-content.ts';
import type { IndexFile } from './open-store.ts';
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
export interface PlannedIndexFiles {
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
export function planIndexes(
  commits: readonly IndexCommit[],
  source: Source,
  destination: Destination,
): PlannedIndexFiles {
  const planned = commits.map((commit) => planChanges(commit, destination));
  const changes = planned.flat();
  const paths = [...new Set(changes.map(({ path }) => path))];
  const files = paths.flatMap((path) => {
    const group = changes.filter((change) => change.path === path);
    return fileOf(group, source);
  });
  return { updates: planned.flatMap((each) => sumOf(each.map(({ update }) => update))), files };
}

/** A change of each index table of the file: those of the destination are met by those of the source in their order. */
function planChanges(commit: IndexCommit, destination: Destination): IndexChange[] {
  const { kind, remote, local } = commit;
  const tables = indexTables(remote, kind);
  const rows = commit.rows && rowsOfEach(tables, commit.rows);
  const aligned = local && alignIndex(kind, remote, local);
  return tables.map((table, n) => {
    const ofTable = { ...commit, rows: rows?.[n] };
    const there = local && aligned && { file: local, tables: aligned[n] as AlignedTables };
    return planChange(ofTable, table, there, destination);
  });
}

/** What the destination has of an index table. */
interface TableThere {
  readonly file: IndexFile;
  readonly tables: AlignedTables;
}

/** A table of the destination, and that of the source as it can join it. */
export interface AlignedTables {
  readonly local: IndexTable;
  readonly remote: BinTable;
}

/**
 * The tables of an index file as each can join that of another file, or stand in its place: paths and times count from
 * where those there do.
 *
 * @param moved new paths of data files, by their former ones.
 * @throws {IactError} `exists` if one file holds more tables than the other; `bad-data` for times that cannot be
 *   converted; `unsafe-path` for paths that leave the store.
 */
export function alignIndex(
  kind: IndexKind,
  remote: IndexFile,
  local: IndexFile,
  moved: ReadonlyMap<string, string> = new Map(),
): AlignedTables[] {
  const [here, there] = [indexTables(local, kind), indexTables(remote, kind)];
  if (here.length !== there.length) {
    const counts = `"${local.uri}" holds ${here.length} HDU indexes, and "${remote.uri}" ${there.length}`;
    throw new IactError('exists', `${counts}: they cannot be joined. Choose another place.`, { uri: local.uri });
  }
  return here.map((to, n) => {
    const { table } = there[n] as IndexTable;
    if (kind === 'obs') return { local: to, remote: alignTimes(table, to.table) };
    return { local: to, remote: alignHduIndex(indexIn(remote, table), indexIn(local, to.table), moved) };
  });
}

function indexIn({ file, uri }: IndexFile, table: BinTable): HduIndex {
  return new HduIndex(table, file.path, uri);
}

/** The tables of an index file that are brought up to date: one, or the HDU index of each event type. */
function indexTables({ hdus, uri }: IndexFile, kind: IndexKind): IndexTable[] {
  return kind === 'hdu' ? findHduIndexTables(hdus, uri) : [findIndexTable(hdus, kind, uri)];
}

/** What is told of an index file. */
function sumOf(updates: readonly IndexUpdate[]): IndexUpdate[] {
  const [first] = updates;
  if (first === undefined) return [];
  const sum = (count: (update: IndexUpdate) => number) => updates.reduce((total, each) => total + count(each), 0);
  const isSame = updates.every(({ change }) => change === first.change);
  return [
    {
      ...first,
      change: isSame ? first.change : 'merged',
      remoteRows: sum(({ remoteRows }) => remoteRows),
      localRows: sum(({ localRows }) => localRows),
      removedLocalRows: sum(({ removedLocalRows }) => removedLocalRows),
      skippedRemoteRows: sum(({ skippedRemoteRows }) => skippedRemoteRows),
    },
  ];
}

function planChange(
  commit: Omit<IndexCommit, 'local'>,
  remoteTable: IndexTable,
  there: TableThere | undefined,
  destination: Destination,
): IndexChange {
  const { kind, remote, prefer } = commit;
  const rows = commit.rows ?? Uint32Array.from({ length: remoteTable.table.rowCount }, (_, row) => row);
  const path = (there?.file ?? remote).file.path;
  const update = { kind, local: destination.uriOf(path), remote: remote.uri, prefer, remoteRows: rows.length };
  if (there === undefined) {
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
  const { file: local, tables } = there;
  const localTable = tables.local;
  const { join, removedLocalRows, skippedRemoteRows } = mergeIndex({
    local: localTable.table,
    localUri: local.uri,
    remote: tables.remote,
    remoteUri: remote.uri,
    remoteRows: rows,
    prefer,
    dropLocal: commit.dropLocal,
    kindOf: kind === 'hdu' && commit.byType ? typesOf([local, localTable], [remote, remoteTable]) : undefined,
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

type TableInFile = readonly [file: IndexFile, index: IndexTable];

function typesOf(local: TableInFile, remote: TableInFile): IndexMerge['kindOf'] {
  const typeIn = ([file, { table }]: TableInFile) => {
    const index = indexIn(file, table);
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
