import { IactError } from '../../core/index.ts';
import { joinInStore, type MasterIndex, parseMasterIndex } from '../../gadf/index.ts';
import { type FileInfo, findFile, isArchiveName, LocalDestination, parseLocation } from '../../storage/index.ts';
import { type CheckTotals, checkStoreFiles, type Finding, type Severity } from '../../validate/index.ts';
import type { Access } from '../access.ts';
import { type CheckRequest, chooseRules, namesOfRoot } from '../check-store.ts';
import { locateStore } from '../locate-store.ts';
import { readText } from '../store-file.ts';
import { readUnfinished, type UnfinishedBackup } from './backup.ts';
import { byFile, type Change, placeOfChange, type Refusal } from './change.ts';
import { type FileHistory, findFollowers, type PlannedChange, readHduIndexes } from './followers.ts';
import { FileDigester, type FileDigests } from './inspect-file.ts';
import { planChanges } from './plan-changes.ts';
import { planEdits } from './stage-repair.ts';
import { WatchedSource } from './watched-source.ts';

/** What a repair would do with a store. */
export interface FixPlan {
  /** The folder of the store. */
  readonly directory: string;
  /** The master index and the index files, links followed. */
  readonly masterPath: string;
  readonly indexPaths: readonly string[];
  /** Files in the order in which they are replaced: data, HDU indexes, observation indexes, master index. */
  readonly files: readonly { readonly path: string; readonly changes: readonly PlannedChange[] }[];
  readonly refused: readonly Refusal[];
  /** What was found, and how much of it no repair is for, by severity and rule. */
  readonly totals: CheckTotals;
  readonly left: ReadonlyMap<Severity, ReadonlyMap<string, number>>;
  /** What each of the files was when it was read. */
  readonly infos: ReadonlyMap<string, FileInfo>;
  /** Repairs that were stopped, and what is known of the files that they have replaced. */
  readonly unfinished: readonly UnfinishedBackup[];
  readonly resumed: ReadonlyMap<string, FileHistory>;
}

/**
 * Checks a store, and plans what of it is repaired. Every change is tried in memory. Writes nothing.
 *
 * @throws {IactError} as `checkStore`; `usage` for a store that is not in a folder of this machine; `changed` for a file that
 *   was written to meanwhile.
 */
export async function planFix(place: string, request: CheckRequest, access?: Access): Promise<FixPlan> {
  const { directory, masterName } = await locateFolder(place, access);
  const destination = new LocalDestination(directory);
  const watched = new WatchedSource(destination);
  const { only, ignore, onFinding, ...options } = request;
  const rules = chooseRules(only, ignore);
  const repairable: Finding[] = [];
  const left = new Map<Severity, Map<string, number>>();
  const totals = await checkStoreFiles(watched, masterName, {
    ...options,
    rules,
    roots: await namesOfRoot(destination),
    onFinding: (finding) => {
      onFinding(finding);
      if (finding.repair !== undefined) repairable.push(finding);
      else count(left, finding);
    },
  });
  const planner = new FixPlanner(destination, masterName, watched.opened, options.signal);
  return { directory, totals, left, ...(await planner.plan(repairable)) };
}

async function locateFolder(
  place: string,
  access: Access | undefined,
): Promise<{ directory: string; masterName: string }> {
  const refuse = (what: string): IactError => {
    const remedy = 'Copy it with "iact copy" first, and repair the copy';
    return new IactError(
      'usage',
      `Only a store in a folder of this machine can be repaired; "${place}" is ${what}. ${remedy}.`,
    );
  };
  if (parseLocation(place).kind !== 'local') throw refuse('somewhere else');
  const { source, masterName, hasMaster } = await locateStore(place, access);
  await source.close();
  if (isArchiveName(source.uri) && (await new LocalDestination(source.uri).stat(''))?.kind !== 'directory') {
    throw refuse('in an archive');
  }
  if (hasMaster) return { directory: source.uri, masterName };
  const uri = source.uriOf(masterName);
  const message = `"${source.uri}" has no master index "${masterName}"; "iact init ${source.uri}" writes one.`;
  throw new IactError('not-found', message, { uri });
}

function count(left: Map<Severity, Map<string, number>>, { severity, code }: Finding): void {
  const codes = left.get(severity) ?? new Map<string, number>();
  left.set(severity, codes.set(code, (codes.get(code) ?? 0) + 1));
}

class FixPlanner {
  private readonly destination: LocalDestination;
  private readonly masterName: string;
  /** What files were, by the paths that they were read by, and by those that links lead to. */
  private readonly opened: ReadonlyMap<string, FileInfo>;
  private readonly infos = new Map<string, FileInfo>();
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

  async plan(findings: readonly Finding[]): Promise<Omit<FixPlan, 'directory' | 'totals' | 'left'>> {
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
    const histories = new Map(resumed);
    for (const [path, changes] of files) {
      const digests = isData(path) ? await this.tried(path, changes) : undefined;
      if (digests === undefined && isData(path)) files.delete(path);
      else if (digests !== undefined) {
        histories.set(path, { former: [...(histories.get(path)?.former ?? []), digests], now: undefined });
      }
    }
    if (master !== undefined) await this.addFollowers(master, histories, files);
    for (const path of indexPaths) {
      const changes = files.get(path);
      if (changes !== undefined && (await this.tried(path, changes.map(withSomeValue))) === undefined)
        files.delete(path);
    }
    const ordered = [...[...files.keys()].filter(isData).sort(), ...indexPaths, masterPath];
    return {
      files: ordered
        .flatMap((path) => ({ path, changes: files.get(path) ?? [] }))
        .filter(({ changes }) => changes.length > 0),
      masterPath,
      indexPaths,
      refused: this.refused,
      infos: this.infos,
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
  private async indexPaths({ datasets }: MasterIndex): Promise<string[]> {
    const paths = new Set<string>();
    for (const key of ['hduindx', 'obsindx'] as const) {
      for (const { [key]: named = '' } of datasets) {
        const file = named === '' ? undefined : await this.fileAt(named);
        if (file !== undefined) paths.add(file);
      }
    }
    return [...paths];
  }

  private async fileAt(named: string): Promise<string | undefined> {
    try {
      const file = await findFile(this.destination, joinInStore([named], ''));
      return file && (await this.destination.realPath(file.path));
    } catch (error) {
      if (error instanceof IactError && error.code === 'unsafe-path') return undefined;
      throw error;
    }
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
    const digester = new FileDigester();
    for await (const chunk of this.destination.read(path, { signal: this.signal })) digester.update(chunk);
    return digester.result();
  }

  private async addFollowers(
    master: MasterIndex,
    histories: ReadonlyMap<string, FileHistory>,
    files: Map<string, PlannedChange[]>,
  ): Promise<void> {
    for await (const index of readHduIndexes(this.destination, master)) {
      const planned = new Map((files.get(index.path) ?? []).map((change) => [placeOfChange(change), change]));
      const placeOf = (row: number, name: string): string =>
        placeOfChange({
          path: index.path,
          hdu: index.hdu,
          rule: '',
          kind: 'cell',
          name,
          row,
          found: null,
          value: null,
        });
      const asked = (row: number, name: string) => planned.get(placeOf(row, name));
      const followers = await findFollowers(this.destination, index, histories, asked);
      if (followers.length === 0) continue;
      for (const follower of followers) planned.set(placeOfChange(follower), follower);
      files.set(index.path, [...planned.values()]);
      const info = this.infos.get(index.path) ?? (await this.destination.stat(index.path));
      if (info !== undefined) this.infos.set(index.path, info);
    }
  }

  /** Makes the changes in memory. @returns digests of the file, or nothing if it cannot be repaired */
  private async tried(path: string, changes: readonly Change[]): Promise<FileDigests | undefined> {
    const info = this.infos.get(path);
    try {
      if (info === undefined) throw new IactError('bad-data', 'it cannot be found again');
      return (await planEdits(this.destination, { path, info, changes }, this.signal)).before;
    } catch (error) {
      if (!(error instanceof IactError) || error.code !== 'bad-data') throw error;
      this.refuse(path, changes.length, error.message);
      return undefined;
    }
  }

  private refuse(path: string, changes: number, reason: string): void {
    this.refused.push({ path, changes, reason });
  }
}

/** A size or digest that is not known yet stands for one like it. */
function withSomeValue(change: PlannedChange): Change {
  return change.value === null && change.kind === 'cell' ? { ...change, value: change.found } : change;
}
