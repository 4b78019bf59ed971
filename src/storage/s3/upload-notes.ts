import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { jsonRecord } from '../../core/index.ts';
import { syncDirectory } from '../sync-directory.ts';
import { writeError } from '../system-error.ts';

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A part that S3 has taken, where its ETag does not tell its MD5. */
interface NotedPart {
  readonly md5: string;
  readonly tag: string;
}

/** An upload in parts of ours that was begun, and neither completed nor aborted. */
export interface NotedUpload {
  readonly key: string;
  readonly id: string;
  /** Of the file whose content it takes, as far as they were known when it began. */
  readonly sizeBytes: number | undefined;
  readonly mtimeMs: number | undefined;
  /** By number. */
  readonly parts: ReadonlyMap<number, NotedPart>;
}

/**
 * What this machine knows of its own uploads to a place. S3 does not tell who has begun an upload: only what stands here
 * is continued or aborted, and what other programs do is left alone.
 *
 * A text file, one JSON object a line, only ever appended to; a line that a crash cut off is passed over. An upload is
 * noted before its first part is sent: without parts it costs nobody anything. Whoever begins or ends uploads holds the
 * lock of the place.
 */
export class UploadNotes {
  private readonly path: string | undefined;
  private readonly service: string;
  private unfinished: Promise<Map<string, UploadOfService>> | undefined;
  private file: Promise<FileHandle> | undefined;

  /**
   * @param path of the file; without one, nothing outlives the process.
   * @param service that is asked: a bucket of the same name elsewhere is another one.
   */
  constructor(path: string | undefined, service: string) {
    this.path = path;
    this.service = service;
  }

  /** Uploads to this service that have not ended, those first that began first. */
  async uploads(): Promise<NotedUpload[]> {
    return [...(await this.known()).values()].filter(({ service }) => service === this.service);
  }

  /** Returns when the note would survive a loss of power. */
  async begun(upload: Omit<NotedUpload, 'parts'>): Promise<void> {
    const { key, id, sizeBytes, mtimeMs } = upload;
    const { service } = this;
    (await this.known()).set(id, { ...upload, service, parts: new Map() });
    await this.append({ upload: id, service, key, sizeBytes, mtimeMs });
    await this.act((file) => file.datasync());
  }

  async partTaken(id: string, number: number, part: NotedPart): Promise<void> {
    (await this.known()).get(id)?.parts.set(number, part);
    await this.append({ part: id, number, ...part });
  }

  async ended(id: string): Promise<void> {
    if ((await this.known()).delete(id)) await this.append({ ended: id });
  }

  /** Removes the file, and its directory if nothing else is there, if no upload of ours is left. */
  async tidy(): Promise<void> {
    const { path } = this;
    if (path === undefined || (await this.known()).size > 0) return;
    await this.close();
    await rm(path, { force: true });
    await rmdir(dirname(path)).catch((error: NodeJS.ErrnoException) => {
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw writeError(error, path);
    });
  }

  /** Never throws. */
  async close(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    await (await file?.catch(() => undefined))?.close();
  }

  private known(): Promise<Map<string, UploadOfService>> {
    const { path } = this;
    this.unfinished ??= path === undefined ? Promise.resolve(new Map()) : readNotes(path);
    return this.unfinished;
  }

  private append(record: object): Promise<void> {
    return this.act((file) => file.appendFile(`${JSON.stringify(record)}\n`));
  }

  private async act(action: (file: FileHandle) => Promise<void>): Promise<void> {
    const { path } = this;
    if (path === undefined) return;
    try {
      this.file ??= openToAppend(path);
      await action(await this.file);
    } catch (error) {
      // What of a line has come is ended when the file is opened again.
      await this.close();
      throw writeError(error, path);
    }
  }
}

interface UploadOfService extends NotedUpload {
  readonly service: string;
  readonly parts: Map<number, NotedPart>;
}

async function openToAppend(path: string): Promise<FileHandle> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    // Ends a line that a crash may have cut off.
    await file.appendFile('\n');
    for (const place of [directory, dirname(directory)]) await syncDirectory(place);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readNotes(path: string): Promise<Map<string, UploadOfService>> {
  const uploads = new Map<string, UploadOfService>();
  for (const line of (await readIfPresent(path)).split('\n')) take(jsonRecord(line) ?? {}, uploads);
  return uploads;
}

async function readIfPresent(path: string): Promise<string> {
  try {
    // No link is followed, and no pipe is waited for.
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    return await file.readFile('utf8').finally(() => file.close());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw writeError(error, path);
  }
}

function take(record: Record<string, unknown>, uploads: Map<string, UploadOfService>): void {
  const { upload, service, key, sizeBytes, mtimeMs, part, number, md5, tag, ended } = record;
  if (typeof upload === 'string' && typeof service === 'string' && typeof key === 'string') {
    const file = { sizeBytes: numberOf(sizeBytes), mtimeMs: numberOf(mtimeMs) };
    uploads.set(upload, { key, id: upload, service, ...file, parts: new Map() });
  } else if (typeof part === 'string' && typeof number === 'number') {
    if (typeof md5 === 'string' && typeof tag === 'string') uploads.get(part)?.parts.set(number, { md5, tag });
  } else if (typeof ended === 'string') uploads.delete(ended);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
