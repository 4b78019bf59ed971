import { IactError } from '../../core/index.ts';
import { type MasterIndex, parseMasterIndex } from '../../gadf/index.ts';
import { type FileInfo, findFile, type LocalDestination, readText } from '../../storage/index.ts';
import type { Finding } from '../../validate/index.ts';
import { readUnfinished, type UnfinishedBackup } from './backup.ts';
import { byFile, type Change, placeOfChange, type Refusal } from './change.ts';
import type { FileHistory, PlannedChange } from './followers.ts';
import { findIndexFiles } from './hdu-indexes.ts';
import { digestsOf, type FileDigests } from './inspect-file.ts';
import { planChanges } from './plan-changes.ts';
import { planIndexChanges } from './plan-index-changes.ts';
import { largestSize, type PlannedEdits, planEdits } from './stage-repair.ts';

/** What a repair would do with the files of a store. */
export interface PlannedFiles {
  /** The master index and the index files, links followed. */
  readonly masterPath: string;
  readonly indexPaths: readonly string[];
  /** Files in the order in which they are replaced: data, HDU indexes, observation indexes, master index. */
  readonly files: readonly { readonly path: string; readonly changes: readonly PlannedChange[] }[];
  readonly refused: readonly Refusal[];
  /** The files of these refusals, as findings name them. */
  readonly refusedUris: ReadonlySet<string>;
  /** What each of the files was when it was read. */
  readonly infos: ReadonlyMap<string, FileInfo>;
  /** Of the data and index files among them: what their changes were tried with. */
  readonly digests: ReadonlyMap<string, FileDigests>;
  /** Repairs that were stopped, and what is known of the files that they have replaced. */
  readonly unfinished: readonly UnfinishedBackup[];
  readonly resumed: ReadonlyMap<string, FileHistory>;
}

/** Plans what is done with the files of a store that was checked. Every change is tried in memory. */
export class FixPlanner {
  private readonly destination: LocalDestination;
  private readonly masterName: string;
  /** What files were, by the paths that they were read by, and by those that links lead to. */
  private readonly opened: ReadonlyMap<string, FileInfo>;
  private readonly infos = new Map<string, FileInfo>();
  /** The names that a file has in findings. */
  private readonly names = new Map<string, string[]>();
  private readonly digests = new Map<string, FileDigests>();
  /** How large data files can become. */
  private readonly largestBytes = new Map<string, number>();
  private readonly signal: AbortSignal | undefined;
  private readonly refused: Refusal[] = [];

  constructor(
    destination: LocalDestination,
    masterName: string,
    opened: ReadonlyMap<string, FileInfo>,
    signal: AbortSignal | undefined,
  ) {
    this.destination = destination;
    this.masterName = masterName;
    this.opened = opened;
    this.signal = signal;
  }

  async plan(findings: readonly Finding[]): Promise<PlannedFiles> {
    const prefix = this.destination.uriOf('x').slice(0, -1);
    const planned = planChanges(findings, (uri) => uri.slice(prefix.length));
    this.refused.push(...planned.refused);
    const files = await this.withExistingTargets(await this.atRealPaths(byFile(planned.changes)));
    const master = await this.readMaster();
    const indexPaths = master === undefined ? [] : await this.indexPaths(master);
    const masterPath = (await this.destination.realPath(this.masterName)) ?? this.masterName;
    const isData = (path: string): boolean => path !== masterPath && !indexPaths.includes(path);
    const unfinished = await readUnfinished(this.destination);
    const resumed = await this.formerly(unfinished);
    const data = await this.triedData(new Map([...files].filter(([path]) => isData(path))));
    const indexes = master && (await this.planIndexes(master, indexPaths, files, { data, resumed }));
    const ordered = [...[...data.keys()].sort(), ...indexPaths, masterPath];
    const changesOf = (path: string): readonly PlannedChange[] => {
      const planned = isData(path) ? data : path === masterPath ? files : indexes;
      return planned?.get(path) ?? [];
    };
    return {
      files: ordered.map((path) => ({ path, changes: changesOf(path) })).filter(({ changes }) => changes.length > 0),
      masterPath,
      indexPaths,
      refused: this.refused,
      refusedUris: this.refusedUris(),
      infos: this.infos,
      digests: this.digests,
      unfinished,
      resumed,
    };
  }

  /** Changes by the files that links lead to; a file that is reached by several names is changed once. */
  private async atRealPaths(files: ReadonlyMap<string, readonly Change[]>): Promise<Map<string, PlannedChange[]>> {
    const changes = new Map<string, PlannedChange>();
    for (const [path, ofFile] of files) {
      const real = await this.destination.realPath(path);
      if (real === undefined) {
        this.refuse(path, ofFile.length, 'a symbolic link leads out of the store');
        continue;
      }
      const info = this.opened.get(path) ?? (await this.destination.stat(path));
      if (info !== undefined) this.infos.set(real, info);
      this.names.set(real, [...(this.names.get(real) ?? []), path]);
      for (const change of ofFile) {
        if (change.kind === 'path' && real !== path) this.refuse(path, 1, 'the index is a symbolic link');
        else changes.set(placeOfChange({ ...change, path: real }), { ...change, path: real });
      }
    }
    return byFile(changes.values());
  }

  /** Leaves out paths that lead to no file. */
  private async withExistingTargets(
    files: ReadonlyMap<string, PlannedChange[]>,
  ): Promise<Map<string, PlannedChange[]>> {
    const kept = new Map<string, PlannedChange[]>();
    const known = new Map<string, boolean>();
    const exists = async (path: string): Promise<boolean> => {
      const found = known.get(path) ?? (await findFile(this.destination, path)) !== undefined;
      known.set(path, found);
      return found;
    };
    for (const [path, changes] of files) {
      const good: PlannedChange[] = [];
      for (const change of changes)
        if (change.kind !== 'path' || (await exists(String(change.value)))) good.push(change);
      const gone = changes.length - good.length;
      if (gone > 0) this.refuse(path, gone, 'files that rows name by absolute paths are not in the store');
      if (good.length > 0) kept.set(path, good);
    }
    return kept;
  }

  private async readMaster(): Promise<MasterIndex | undefined> {
    try {
      const uri = this.destination.uriOf(this.masterName);
      return parseMasterIndex(await readText(this.destination, this.masterName), uri);
    } catch (error) {
      if (error instanceof IactError && error.code === 'bad-data') return undefined;
      throw error;
    }
  }

  /** HDU indexes first. */
  private async indexPaths(master: MasterIndex): Promise<string[]> {
    const paths = new Set<string>();
    for (const key of ['hduindx', 'obsindx'] as const) {
      for await (const { path } of findIndexFiles(this.destination, master, key)) paths.add(path);
    }
    return [...paths];
  }

  /** Files that repairs which were stopped have replaced, the last one first. */
  private async formerly(unfinished: readonly UnfinishedBackup[]): Promise<Map<string, FileHistory>> {
    const histories = new Map<string, FileHistory>();
    for (const { path, before, after } of unfinished.flatMap(({ entries }) => entries).reverse()) {
      const { former = [], now = await this.digestsNow(path) } = histories.get(path) ?? {};
      // What somebody has written since is not ours to tell of.
      const isOurs = [now, ...former].some((each) => each?.sha256 === after.sha256);
      if (isOurs) histories.set(path, { former: [...former, before], now });
    }
    return histories;
  }

  private async digestsNow(path: string): Promise<FileDigests | undefined> {
    if ((await this.destination.stat(path))?.kind !== 'file') return undefined;
    return digestsOf(this.destination, path, { signal: this.signal });
  }

  /** Data files that can be repaired. */
  private async triedData(files: ReadonlyMap<string, readonly PlannedChange[]>): Promise<Map<string, PlannedChange[]>> {
    const kept = new Map<string, PlannedChange[]>();
    for (const [path, changes] of files) {
      const tried = await this.attempt(path, changes);
      if (typeof tried === 'string') {
        this.refuse(path, changes.length, tried);
        continue;
      }
      kept.set(path, [...changes]);
      this.largestBytes.set(path, largestSize(tried));
    }
    return kept;
  }

  /** Changes of index files. A data file that they could not follow is taken out of what is repaired. */
  private async planIndexes(
    master: MasterIndex,
    paths: readonly string[],
    asked: ReadonlyMap<string, readonly PlannedChange[]>,
    { data, resumed }: { data: Map<string, readonly PlannedChange[]>; resumed: ReadonlyMap<string, FileHistory> },
  ): Promise<ReadonlyMap<string, readonly PlannedChange[]>> {
    const attempt = async (path: string, changes: readonly PlannedChange[]): Promise<string | undefined> => {
      const tried = await this.attempt(
        path,
        changes.map((change) => this.withSomeValue(change)),
      );
      return typeof tried === 'string' ? tried : undefined;
    };
    const onRead = (path: string, info: FileInfo): void => {
      if (!this.infos.has(path)) this.infos.set(path, info);
    };
    for (;;) {
      const histories = this.histories(data.keys(), resumed);
      const request = { source: this.destination, master, paths, asked, histories, attempt, onRead };
      const { changes, refused, unfollowed } = await planIndexChanges(request);
      if (unfollowed.size === 0) {
        this.refused.push(...refused);
        return changes;
      }
      for (const [path, reason] of unfollowed) {
        this.refuse(path, data.get(path)?.length ?? 0, reason);
        data.delete(path);
      }
    }
  }

  private histories(
    data: Iterable<string>,
    resumed: ReadonlyMap<string, FileHistory>,
  ): ReadonlyMap<string, FileHistory> {
    const histories = new Map(resumed);
    for (const path of data) {
      const digests = this.digests.get(path);
      if (digests === undefined) continue;
      histories.set(path, { former: [...(resumed.get(path)?.former ?? []), digests], now: undefined });
    }
    return histories;
  }

  /** A size or digest that is not known yet stands for one that needs as much room. */
  private withSomeValue(change: PlannedChange): Change {
    const { follows, name, found } = change;
    if (follows === undefined) return change;
    return { ...change, value: name === 'SIZE' ? (this.largestBytes.get(follows) ?? found) : found };
  }

  /** Makes the changes in memory. @returns why they cannot be made, if they cannot */
  private async attempt(path: string, changes: readonly Change[]): Promise<PlannedEdits | string> {
    const info = this.infos.get(path);
    if (info === undefined) return 'it cannot be found again';
    try {
      const planned = await planEdits(this.destination, { path, info, changes }, this.signal);
      const { sizeBytes, sha256, md5 } = planned.before;
      this.digests.set(path, { sizeBytes, sha256, md5 });
      return planned;
    } catch (error) {
      if (!(error instanceof IactError) || error.code !== 'bad-data') throw error;
      return error.message;
    }
  }

  private refuse(path: string, changes: number, reason: string): void {
    this.refused.push({ path, changes, reason });
  }

  private refusedUris(): Set<string> {
    const names = this.refused.flatMap(({ path }) => [path, ...(this.names.get(path) ?? [])]);
    return new Set(names.map((name) => this.destination.uriOf(name)));
  }
}
