import { directoryOf, IactError } from '../../core/index.ts';
import { datasetEntryFrom, formatMasterIndex, jsonFrom, parseMasterIndex, withDatasets } from '../../gadf/index.ts';
import { type FileInfo, LocalDestination, readText } from '../../storage/index.ts';
import { formatManifest, MANIFEST_PATH, readManifestToUpdate } from '../../transfer/index.ts';
import { removeStaged } from '../remove-staged.ts';
import { withLock } from '../with-lock.ts';
import { Backup, finishOld, releaseUnreplaced, stillUnfinished } from './backup.ts';
import { refuseUnfinishedCopy, requireUnchanged } from './before-repair.ts';
import type { Change } from './change.ts';
import { cellValue, type PlannedChange } from './followers.ts';
import type { FileDigests } from './inspect-file.ts';
import type { FixPlan } from './plan-fix.ts';
import { type StagedRepair, stageContent, stageRepair } from './stage-repair.ts';

export interface FixOptions {
  /** Who does it, for another that is turned away. */
  readonly program: string;
  /** Told of every file that was replaced. */
  readonly onFile?: (path: string, sizeBytes: number) => void;
  /** Stops behind the files under way; indexes are made to fit what was done. */
  readonly signal?: AbortSignal | undefined;
}

/** What a repair has done. */
export interface FixResult {
  readonly files: number;
  readonly changes: number;
  /** Folder of the originals; `undefined` if no file was replaced. */
  readonly backup: string | undefined;
}

/** Files that are renamed together: so many, or so large. */
const GROUP_FILES = 64;
const GROUP_BYTES = 256 * 1024 * 1024;

const STOPPED = 'Stopped before anything was repaired.';

/**
 * Repairs a store as planned.
 *
 * Each file is written beside its target from the original, read back and compared. In groups: all are synced, the originals
 * are kept in the backup, then the new files get the names. Data files come first, then HDU indexes, observation indexes,
 * the master index, and the manifest of the store. An original is whole at any moment, under its name or in the backup.
 *
 * @throws {IactError} before anything is written: `changed` if a file is no longer what was checked, `unwritable` for a file or
 *   folder that is protected, `exists` for a store with an unfinished copy, `locked`. Later: `changed`, `unwritable`,
 *   `cancelled`; the files that were not replaced by then are as they were, and the indexes fit those that were.
 */
export async function applyFix(plan: FixPlan, options: FixOptions): Promise<FixResult> {
  const destination = new LocalDestination(plan.directory);
  for (const { path } of plan.files) await destination.requireReplaceable(path);
  return withLock(destination, options.program, async () => {
    await refuseUnfinishedCopy(destination);
    for (const { path } of plan.files) await requireUnchanged(destination, path, plan.infos.get(path));
    const unfinished = await stillUnfinished(destination, plan.unfinished);
    // No copy is unfinished: what a repair has left where this one is going to work, nobody needs.
    const paths = plan.files.map(({ path }) => path);
    await removeStaged(destination, paths.map(directoryOf));
    await releaseUnreplaced(destination, unfinished);
    return new FixRun({ ...plan, unfinished }, destination, options).run();
  });
}

class FixRun {
  private readonly plan: FixPlan;
  private readonly destination: LocalDestination;
  private readonly options: FixOptions;
  private readonly done = new Map<string, StagedRepair>();
  private changes = 0;
  private backup: Backup | undefined;

  constructor(plan: FixPlan, destination: LocalDestination, options: FixOptions) {
    this.plan = plan;
    this.destination = destination;
    this.options = options;
  }

  async run(): Promise<FixResult> {
    const { files, masterPath, indexPaths, unfinished } = this.plan;
    const isIndex = ({ path }: { path: string }): boolean => indexPaths.includes(path);
    const stopped = await this.replaceData(files.filter((file) => file.path !== masterPath && !isIndex(file)));
    try {
      await this.replaceIndexes(files.filter(isIndex));
      const master = files.find(({ path }) => path === masterPath);
      if (master !== undefined && stopped === undefined) await this.replace([() => this.stageMaster(master.changes)]);
      await this.updateManifest();
      await this.backup?.finish();
      await finishOld(this.destination, unfinished);
    } catch (error) {
      throw this.incomplete(error);
    }
    if (stopped !== undefined) throw this.told(stopped);
    const backup = this.backup && this.destination.uriOf(this.backup.folder);
    return { files: this.repaired, changes: this.changes, backup };
  }

  /** @returns what has stopped it, if something did after files were replaced */
  private async replaceData(files: FixPlan['files']): Promise<unknown> {
    try {
      for (const group of this.groups(files)) {
        this.options.signal?.throwIfAborted();
        await this.replace(group.map((file) => () => this.stage(file.path, file.changes, this.options.signal)));
      }
    } catch (error) {
      const isCancelled = this.options.signal?.aborted === true;
      const stopped = isCancelled ? new IactError('cancelled', STOPPED, { cause: error }) : error;
      if (this.done.size === 0) throw stopped;
      return stopped;
    }
    return undefined;
  }

  private async replaceIndexes(files: FixPlan['files']): Promise<void> {
    for (const { path, changes } of files) {
      const known = changes.flatMap((change) => this.resolved(change));
      if (known.length > 0) await this.replace([() => this.stage(path, known)]);
    }
  }

  private *groups(files: FixPlan['files']): Generator<FixPlan['files']> {
    let group: FixPlan['files'][number][] = [];
    let bytes = 0;
    for (const file of files) {
      group.push(file);
      bytes += this.plan.infos.get(file.path)?.sizeBytes ?? 0;
      if (group.length < GROUP_FILES && bytes < GROUP_BYTES) continue;
      yield group;
      group = [];
      bytes = 0;
    }
    if (group.length > 0) yield group;
  }

  private async stage(path: string, changes: readonly Change[], signal?: AbortSignal): Promise<StagedRepair> {
    const info = this.plan.infos.get(path) as FileInfo;
    const known = this.plan.digests.get(path);
    const repair = await stageRepair(this.destination, { path, info, changes, known }, signal);
    this.changes += changes.length;
    return repair;
  }

  private async stageMaster(changes: readonly Change[]): Promise<StagedRepair> {
    const { masterPath, infos } = this.plan;
    const info = infos.get(masterPath) as FileInfo;
    const text = await readText(this.destination, masterPath, info);
    const master = parseMasterIndex(text, this.destination.uriOf(masterPath));
    const datasets = master.datasets.map(({ json }, position) => {
      const edited = new Map(json);
      for (const { entry, name, value } of changes) if (entry === position) edited.set(name, jsonFrom(value));
      return datasetEntryFrom(edited);
    });
    this.changes += changes.length;
    const end = text.endsWith('\n') ? '\n' : '';
    const content = new TextEncoder().encode(formatMasterIndex(withDatasets(master, datasets)) + end);
    return stageContent(this.destination, masterPath, info, [content]);
  }

  /** A cell that follows another file gets its value, or stays where that file has stayed. */
  private resolved(change: PlannedChange): Change[] {
    const { follows, value, found, name } = change;
    const followed = follows === undefined ? undefined : this.done.get(follows);
    const known = followed === undefined ? value : cellValue(followed.after, name);
    return known === null && change.kind === 'cell'
      ? []
      : known !== null && known === found
        ? []
        : [{ ...change, value: known }];
  }

  /** Stages files, keeps the originals, and gives the new files the names, in this order. */
  private async replace(stages: readonly (() => Promise<StagedRepair>)[]): Promise<void> {
    const repairs: StagedRepair[] = [];
    const published = new Set<StagedRepair>();
    try {
      for (const stage of stages) repairs.push(await stage());
      await this.destination.syncAll(repairs.map(({ staged }) => staged));
      this.backup ??= await Backup.begin(this.destination, this.options.program);
      await this.backup.keep(repairs);
      for (const repair of repairs) {
        await requireUnchanged(this.destination, repair.path, repair.info);
        await repair.staged.publish();
        published.add(repair);
        this.done.set(repair.path, repair);
        if (repair.path !== MANIFEST_PATH) this.options.onFile?.(repair.path, repair.after.sizeBytes);
      }
    } finally {
      for (const repair of repairs) if (!published.has(repair)) await repair.staged.discard();
      for (const folder of new Set([...published].map(({ path }) => directoryOf(path)))) {
        await this.destination.syncDirectory(folder);
      }
    }
  }

  /** What a copy has noted of files that were repaired becomes what they are now. */
  private async updateManifest(): Promise<void> {
    const current = new Map<string, { former: Set<string>; now: FileDigests }>();
    const note = (path: string, before: FileDigests, now: FileDigests): void => {
      const known = current.get(path)?.former ?? new Set<string>();
      current.set(path, { former: known.add(before.sha256), now });
    };
    for (const [path, { former, now }] of this.plan.resumed) {
      for (const before of former) if (now !== undefined) note(path, before, now);
    }
    for (const { path, before, after } of this.done.values()) note(path, before, after);
    const info = await this.destination.stat(MANIFEST_PATH);
    if (info?.kind !== 'file') return;
    const manifest = await readManifestToUpdate(this.destination);
    const time = new Date().toISOString();
    let changed = false;
    for (const [path, { former, now }] of current) {
      const entry = manifest.get(path);
      // One that was wrong before still tells that the file is not what was copied.
      if (entry === undefined || !former.has(entry.sha256)) continue;
      manifest.set(path, { ...entry, sizeBytes: now.sizeBytes, sha256: now.sha256, time });
      changed = true;
    }
    if (!changed) return;
    const content = [...formatManifest(manifest.values())];
    await this.replace([() => stageContent(this.destination, MANIFEST_PATH, info, content)]);
  }

  /** Of files that were replaced, indexes and manifest may tell what they were. */
  private incomplete(error: unknown): unknown {
    if (!(error instanceof IactError) || this.repaired === 0) return error;
    const replaced = `${this.repaired} of ${this.plan.files.length} files were replaced before`;
    const message = `${error.message} ${replaced}; run the same command again, which completes the repair.`;
    return new IactError(error.code, message, { cause: error, ...(error.uri !== undefined && { uri: error.uri }) });
  }

  /** Files of the store that were replaced. */
  private get repaired(): number {
    return this.done.size - (this.done.has(MANIFEST_PATH) ? 1 : 0);
  }

  private told(stopped: unknown): unknown {
    if (!(stopped instanceof IactError) || stopped.code !== 'cancelled') return stopped;
    const message = `Stopped after ${this.repaired} of ${this.plan.files.length} files. What was done is complete; run the same command again for the rest.`;
    return new IactError('cancelled', message, { cause: stopped });
  }
}
