import { directoryOf, fileNameOf, IactError } from '../../core/index.ts';
import { type LocalDestination, type Source, stagedNameOf } from '../../storage/index.ts';
import { publishFiles, STATE_DIRECTORY } from '../../transfer/index.ts';
import { readText } from '../store-file.ts';
import { FileDigester, type FileDigests } from './inspect-file.ts';
import type { StagedRepair } from './stage-repair.ts';

/** Where repairs keep the originals of what they replace. */
const BACKUP_DIRECTORY: string = `${STATE_DIRECTORY}/backup`;
const MANIFEST = 'manifest.jsonl';
const VERSION = 1;

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
 * The manifest is written first. As long as it is not marked as finished, files may have been replaced whose size and
 * digests other files tell of, and the next repair brings these up to date.
 */
export class Backup {
  /** Path of the folder in the store. */
  readonly folder: string;
  private readonly destination: LocalDestination;
  private readonly begun: string;
  private readonly program: string;
  private readonly entries: BackupEntry[] = [];

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
    this.entries.push(...repairs.map(({ path, before, after }) => ({ path, before, after })));
    await this.publish(null);
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
    await this.publish(new Date().toISOString());
  }

  private async publish(finished: string | null): Promise<void> {
    const { begun, program, entries, folder } = this;
    await publishFiles(this.destination, [manifestFile(folder, { begun, program, finished, entries })]);
  }

  private async copy({ path, info, before }: StagedRepair, to: string): Promise<void> {
    const staged = await this.destination.stage(to);
    try {
      const digester = new FileDigester();
      for await (const chunk of this.destination.read(path, { expected: info })) {
        digester.update(chunk);
        await staged.write(chunk);
      }
      await staged.seal({ mode: info.mode, mtimeMs: info.mtimeMs });
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

interface ManifestContent {
  readonly begun: string;
  readonly program: string;
  readonly finished: string | null;
  readonly entries: readonly BackupEntry[];
}

function manifestFile(folder: string, { entries, ...head }: ManifestContent) {
  const lines = [{ version: VERSION, ...head }, ...entries].map((each) => `${JSON.stringify(each)}\n`);
  return { path: `${folder}/${MANIFEST}`, content: [new TextEncoder().encode(lines.join(''))] };
}

/** A repair that was stopped before its end. */
export interface UnfinishedBackup extends ManifestContent {
  readonly folder: string;
}

/** The repairs of a store that were stopped, the oldest first. */
export async function readUnfinished(source: Source): Promise<UnfinishedBackup[]> {
  const unfinished: UnfinishedBackup[] = [];
  for (const { name, kind } of (await source.list(BACKUP_DIRECTORY)) ?? []) {
    const folder = `${BACKUP_DIRECTORY}/${name}`;
    if (kind !== 'directory' || (await source.stat(`${folder}/${MANIFEST}`))?.kind !== 'file') continue;
    const found = parseManifest(await readText(source, `${folder}/${MANIFEST}`));
    if (found !== undefined && found.finished === null) unfinished.push({ folder, ...found });
  }
  return unfinished;
}

function parseManifest(text: string): ManifestContent | undefined {
  try {
    const [head, ...entries] = text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as unknown);
    const { version, begun, program, finished } = head as Record<string, unknown>;
    if (version !== VERSION || typeof begun !== 'string' || typeof program !== 'string') return undefined;
    if (!entries.every(isEntry)) return undefined;
    return { begun, program, finished: typeof finished === 'string' ? finished : null, entries };
  } catch {
    // Not ours, or edited by somebody.
    return undefined;
  }
}

function isEntry(value: unknown): value is BackupEntry {
  const { path, before, after } = (value ?? {}) as Record<string, unknown>;
  return typeof path === 'string' && isDigests(before) && isDigests(after);
}

function isDigests(value: unknown): value is FileDigests {
  const { sizeBytes, sha256, md5 } = (value ?? {}) as Record<string, unknown>;
  return typeof sizeBytes === 'number' && typeof sha256 === 'string' && typeof md5 === 'string';
}

/** Marks repairs as finished whose consequences were drawn, and removes what a kill has left of unfinished files. */
export async function finishOld(destination: LocalDestination, old: readonly UnfinishedBackup[]): Promise<void> {
  for (const { folder, ...content } of old) {
    for (const { path } of content.entries) {
      await removeStaged(destination, path);
      await removeStaged(destination, `${folder}/files/${path}`);
    }
    const finished = new Date().toISOString();
    await publishFiles(destination, [manifestFile(folder, { ...content, finished })]);
  }
  for (const { name, kind } of (await destination.list(BACKUP_DIRECTORY)) ?? []) {
    const folder = `${BACKUP_DIRECTORY}/${name}`;
    // Without a manifest nothing was kept in it.
    if (kind !== 'directory' || (await destination.stat(`${folder}/${MANIFEST}`)) !== undefined) continue;
    await removeStaged(destination, `${folder}/${MANIFEST}`);
    await destination.removeEmptyDirectory(folder);
  }
  await destination.removeEmptyDirectory(BACKUP_DIRECTORY);
}

async function removeStaged(destination: LocalDestination, path: string): Promise<void> {
  const staged = `${directoryOf(path)}/${stagedNameOf(fileNameOf(path))}`;
  if ((await destination.stat(staged)) !== undefined) await destination.remove(staged);
}
