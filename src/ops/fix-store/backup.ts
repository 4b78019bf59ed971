import { directoryOf, IactError, jsonRecord } from '../../core/index.ts';
import { type LocalDestination, readLines, type Source } from '../../storage/index.ts';
import { publishFiles, STATE_DIRECTORY } from '../../transfer/index.ts';
import { removeStaged } from '../remove-staged.ts';
import { FileDigester, type FileDigests } from './inspect-file.ts';
import type { StagedRepair } from './stage-repair.ts';

/** Where repairs keep the originals of what they replace. */
const BACKUP_DIRECTORY: string = `${STATE_DIRECTORY}/backup`;
const MANIFEST = 'manifest.jsonl';
const VERSION = 1;
/** Longer lines are none of ours: a path has 4096 bytes at most. */
const LONGEST_LINE = 64 * 1024;

/** A file that was to be replaced: what it was, and what it was to become. */
export interface BackupEntry {
  readonly path: string;
  readonly before: FileDigests;
  readonly after: FileDigests;
}

/**
 * The originals of one repair: `files/PATH` of every file that was replaced, and beside them a manifest. An original is
 * lasting before its name is given to another file.
 *
 * The manifest is a text file, one JSON object a line, only ever appended to; a line that a crash cut off is passed over.
 * It tells of files before their originals are kept. As long as no line marks it as finished, files may have been replaced
 * whose size and digests other files tell of, and the next repair brings these up to date.
 */
export class Backup {
  /** Path of the folder in the store. */
  readonly folder: string;
  private readonly destination: LocalDestination;
  private readonly begun: string;
  private readonly program: string;
  /** Nothing was written yet, lines end where they should, or a write has failed and may have left a part of a line. */
  private manifest: 'absent' | 'whole' | 'torn' = 'absent';

  private constructor(destination: LocalDestination, folder: string, begun: string, program: string) {
    this.destination = destination;
    this.folder = folder;
    this.begun = begun;
    this.program = program;
  }

  /** One with a name that no other has. Nothing is written yet. */
  static async begin(destination: LocalDestination, program: string): Promise<Backup> {
    const begun = new Date().toISOString();
    const stamp = begun.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-');
    for (let count = 1; ; count++) {
      const folder = `${BACKUP_DIRECTORY}/${stamp}${count === 1 ? '' : `-${count}`}`;
      if ((await destination.stat(folder)) === undefined) return new Backup(destination, folder, begun, program);
    }
  }

  /** Keeps the originals of files that are about to be replaced. Returns when they would survive a loss of power. */
  async keep(repairs: readonly StagedRepair[]): Promise<void> {
    await this.note(repairs.map(({ path, before, after }) => ({ path, before, after })));
    const folders = new Set<string>();
    for (const repair of repairs) {
      const to = `${this.folder}/files/${repair.path}`;
      if (!(await this.destination.link(repair.path, to))) await this.copy(repair, to);
      folders.add(directoryOf(to));
    }
    for (const folder of folders) await this.destination.syncDirectory(folder);
  }

  /** Marks it: nothing is left to be done for the files in it. */
  async finish(): Promise<void> {
    await this.note([finishedNow()]);
  }

  /** Adds lines, lasting, to the manifest, which appears with the first of them. */
  private async note(records: readonly object[]): Promise<void> {
    const { destination, folder, begun, program, manifest } = this;
    const path = `${folder}/${MANIFEST}`;
    if (manifest === 'absent') {
      await publishFiles(destination, [
        { path, content: [linesOf([{ version: VERSION, begun, program }, ...records])] },
      ]);
    } else {
      this.manifest = 'torn';
      await destination.append(path, linesOf(records, manifest === 'torn'));
    }
    this.manifest = 'whole';
  }

  private async copy({ path, info, before }: StagedRepair, to: string): Promise<void> {
    const owner = await this.destination.ownerOf(path);
    const staged = await this.destination.stage(to);
    try {
      const digester = new FileDigester();
      for await (const chunk of this.destination.read(path, { expected: info })) {
        digester.update(chunk);
        await staged.write(chunk);
      }
      await staged.seal({ mode: info.mode, mtimeMs: info.mtimeMs, owner });
      if (digester.result().sha256 !== before.sha256) {
        const uri = this.destination.uriOf(path);
        throw new IactError('changed', `"${uri}" changed while it was being repaired.`, { uri });
      }
      await staged.sync();
      await staged.publish();
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }
}

/** @param afterPart whether a part of a line may stand before these. */
function linesOf(records: readonly object[], afterPart = false): Uint8Array {
  const lines = records.map((each) => `${JSON.stringify(each)}\n`).join('');
  return new TextEncoder().encode(afterPart ? `\n${lines}` : lines);
}

function finishedNow(): { readonly finished: string } {
  return { finished: new Date().toISOString() };
}

interface ManifestContent {
  readonly begun: string;
  readonly program: string;
  readonly isFinished: boolean;
  readonly entries: readonly BackupEntry[];
}

/** A repair that was stopped before its end. */
export interface UnfinishedBackup {
  readonly folder: string;
  readonly begun: string;
  readonly program: string;
  readonly entries: readonly BackupEntry[];
}

/** The repairs of a store that were stopped, the oldest first. */
export async function readUnfinished(source: Source): Promise<UnfinishedBackup[]> {
  const unfinished: UnfinishedBackup[] = [];
  for (const { name, kind } of (await source.list(BACKUP_DIRECTORY)) ?? []) {
    const folder = `${BACKUP_DIRECTORY}/${name}`;
    if (kind !== 'directory' || (await source.stat(`${folder}/${MANIFEST}`))?.kind !== 'file') continue;
    const found = await readManifestOf(source, `${folder}/${MANIFEST}`);
    if (found !== undefined && !found.isFinished) unfinished.push({ folder, ...found });
  }
  return unfinished;
}

/**
 * Those of the known repairs that are unfinished still; the lock is held.
 *
 * @throws {IactError} `changed` if another one was stopped since, whose consequences nobody has planned.
 */
export async function stillUnfinished(
  destination: LocalDestination,
  known: readonly UnfinishedBackup[],
): Promise<UnfinishedBackup[]> {
  const entriesOf = new Map(known.map(({ folder, entries }) => [folder, entries.length]));
  const now = await readUnfinished(destination);
  const other = now.find(({ folder, entries }) => entriesOf.get(folder) !== entries.length);
  if (other === undefined) return now;
  const uri = destination.uriOf(other.folder);
  const message = `Another repair of "${destination.uri}" was stopped since the store was checked ("${uri}"). Run the command again.`;
  throw new IactError('changed', message, { uri });
}

/** @returns `undefined` if it is not ours. */
async function readManifestOf(source: Source, path: string): Promise<ManifestContent | undefined> {
  let head: { readonly begun: string; readonly program: string } | undefined;
  let isFinished = false;
  const entries: BackupEntry[] = [];
  for await (const line of readLines(source, path, LONGEST_LINE)) {
    const record = jsonRecord(line) ?? {};
    if (head === undefined) {
      const { version, begun, program } = record;
      if (version !== VERSION || typeof begun !== 'string' || typeof program !== 'string') return undefined;
      head = { begun, program };
    }
    isFinished ||= typeof record['finished'] === 'string';
    const { path: of, before, after } = record;
    if (typeof of === 'string' && isDigests(before) && isDigests(after)) entries.push({ path: of, before, after });
  }
  return head && { ...head, isFinished, entries };
}

function isDigests(value: unknown): value is FileDigests {
  const { sizeBytes, sha256, md5 } = (value ?? {}) as Record<string, unknown>;
  return typeof sizeBytes === 'number' && typeof sha256 === 'string' && typeof md5 === 'string';
}

/**
 * Lets go of originals that were kept and never replaced: as a second name of the file itself they would change with it,
 * and be no originals any more.
 */
export async function releaseUnreplaced(
  destination: LocalDestination,
  old: readonly UnfinishedBackup[],
): Promise<void> {
  for (const { folder, entries } of old) {
    for (const { path } of entries) {
      const kept = `${folder}/files/${path}`;
      const [original, current] = [await destination.stat(kept), await destination.stat(path)];
      if (original !== undefined && original.identity === current?.identity) await destination.remove(kept);
    }
  }
}

/** Marks repairs as finished whose consequences were drawn, and removes what a kill has left of unfinished files. */
export async function finishOld(destination: LocalDestination, old: readonly UnfinishedBackup[]): Promise<void> {
  for (const { folder, begun, program, entries } of old) {
    const written = entries.flatMap(({ path }) => [path, `${folder}/files/${path}`]);
    await removeStaged(destination, written.map(directoryOf));
    // Whole, because a crash may have cut off its last line.
    const content = [linesOf([{ version: VERSION, begun, program }, ...entries, finishedNow()])];
    await publishFiles(destination, [{ path: `${folder}/${MANIFEST}`, content }]);
  }
  for (const { name, kind } of (await destination.list(BACKUP_DIRECTORY)) ?? []) {
    const folder = `${BACKUP_DIRECTORY}/${name}`;
    // Without a manifest nothing was kept in it.
    if (kind !== 'directory' || (await destination.stat(`${folder}/${MANIFEST}`)) !== undefined) continue;
    await removeStaged(destination, [folder]);
    await destination.removeEmptyDirectory(folder);
  }
  await destination.removeEmptyDirectory(BACKUP_DIRECTORY);
}
