import { createHash } from 'node:crypto';
import { IactError } from '../../core/index.ts';
import type { StageOptions } from '../contract.ts';
import { joinedSignal } from '../joined-signal.ts';
import { type Digest, holdsContent, isTagOf, lookAt, plainTag, refuseOtherContent } from './content-check.ts';
import { persistently, type WritePolicy } from './persistently.ts';
import type { S3Client } from './s3-client.ts';
import { textOf } from './s3-xml.ts';
import type { Slots } from './slots.ts';
import type { UploadNotes } from './upload-notes.ts';

/** Parts that an upload may have. @see Amazon S3 User Guide, "Amazon S3 multipart upload limits" */
const MAX_PARTS = 10_000;
const MIB = 1 << 20;
const SMALLEST_PART = 8 * MIB;
/** As many parts are small while the size is not known; each further thousand is twice as large. */
const GROWTH_PARTS = 1000;

/** Size of the part of a number, from 1: all alike for a known size, as some services ask for. */
export function partBytesOf(number: number, sizeBytes: number | undefined): number {
  if (sizeBytes === undefined) return SMALLEST_PART * 2 ** Math.floor((number - 1) / GROWTH_PARTS);
  return Math.max(SMALLEST_PART, Math.ceil(sizeBytes / (MAX_PARTS - 1) / MIB) * MIB);
}

/** Where an upload goes. */
export interface UploadTarget {
  readonly client: S3Client;
  readonly key: string;
  readonly uri: string;
}

/** What the files of a destination that are on their way share. */
export interface UploadRoom {
  /** Parts that are uploaded at once. */
  readonly parts: Slots;
  /** Bytes of small files that wait for their publication, and how many there may be. */
  heldBytes: number;
  readonly mostHeldBytes: number;
  readonly notes: UploadNotes;
  /** After its signal nothing more is sent: what S3 has not got by then, a later push brings. */
  readonly policy: WritePolicy;
}

/** A part that S3 has from before. */
export interface KeptPart {
  readonly tag: string;
  readonly sizeBytes: number;
  /** Of its content, as hexadecimal digits; anything else if it is not known. */
  readonly md5: string;
}

/** An object that is uploaded in parts, and is there only when it is complete. */
export class MultipartUpload {
  private readonly target: UploadTarget;
  private readonly id: string;
  private readonly room: UploadRoom;
  private readonly kept: ReadonlyMap<number, KeptPart>;
  private readonly stop: AbortController = new AbortController();
  private readonly signal: AbortSignal;
  private readonly digests: Digest[] = [];
  private readonly tags: string[] = [];
  private readonly uploading: Set<Promise<void>> = new Set();
  private failure: { readonly error: unknown } | undefined;
  private sparedBytes = 0;

  private constructor(target: UploadTarget, id: string, kept: ReadonlyMap<number, KeptPart>, room: UploadRoom) {
    this.target = target;
    this.id = id;
    this.kept = kept;
    this.room = room;
    this.signal = joinedSignal(this.stop.signal, room.policy.signal);
  }

  /** @param file what is uploaded: the push that goes on with it must find the same. */
  static async begin(
    target: UploadTarget,
    headers: Record<string, string>,
    file: StageOptions,
    room: UploadRoom,
  ): Promise<MultipartUpload> {
    const { client, key, uri } = target;
    const document = await persistently(
      () => client.sendForXml({ method: 'POST', key, query: { uploads: '' }, headers, uri, verb: 'write' }),
      room.policy,
    );
    const id = textOf(document, 'UploadId');
    if (!id) {
      throw new IactError('unwritable', `Cannot write "${uri}": S3 begins an upload without telling its name.`, {
        uri,
      });
    }
    const upload = new MultipartUpload(target, id, new Map(), room);
    try {
      await room.notes.begun({ key, id, sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs });
    } catch (error) {
      await upload.abort();
      throw error;
    }
    return upload;
  }

  /** Goes on with an upload of which S3 has parts from before: those with the same content are not sent again. */
  static goOn(
    target: UploadTarget,
    id: string,
    kept: ReadonlyMap<number, KeptPart>,
    room: UploadRoom,
  ): MultipartUpload {
    return new MultipartUpload(target, id, kept, room);
  }

  /** Bytes that S3 had from before, so that they were not sent. */
  get keptBytes(): number {
    return this.sparedBytes;
  }

  /** Number that the next part will have. */
  get nextNumber(): number {
    return this.digests.length + 1;
  }

  /** Returns when the upload of the part has begun; the content is no longer the caller's. */
  async addPart(content: Uint8Array): Promise<void> {
    const { uri } = this.target;
    const number = this.nextNumber;
    if (number > MAX_PARTS) {
      throw new IactError('unwritable', `Cannot write "${uri}": it is larger than was said before.`, { uri });
    }
    const md5 = createHash('md5').update(content).digest();
    this.digests.push({ md5, sizeBytes: content.length });
    const kept = this.kept.get(number);
    if (kept?.sizeBytes === content.length && kept.md5 === md5.toString('hex')) {
      this.tags[number - 1] = kept.tag;
      this.sparedBytes += content.length;
      return;
    }
    const free = await this.room.parts.take();
    if (this.failure) {
      free();
      throw this.failure.error;
    }
    const upload = this.send(number, content, md5)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        free();
        this.uploading.delete(upload);
      });
    this.uploading.add(upload);
  }

  /** Returns when S3 has taken all parts. */
  async settle(): Promise<void> {
    await Promise.all(this.uploading);
    if (this.failure) throw this.failure.error;
  }

  /** Makes the object visible, and returns when it is certain that it holds what was sent. Resolves to its ETag. */
  async complete(): Promise<string | undefined> {
    const { client, key, uri } = this.target;
    const parts = this.tags.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    const query = { uploadId: this.id };
    const { policy, notes } = this.room;
    const { signal } = policy;
    const completing = persistently(async (attempt) => {
      try {
        const request = { method: 'POST', key, query, body, uri, verb: 'write', signal } as const;
        return textOf(await client.sendForXml(request), 'ETag');
      } catch (error) {
        const found = attempt > 0 ? await this.completedBefore(error) : undefined;
        if (found === undefined) throw error;
        return found;
      }
    }, policy);
    const tag = await completing.catch(async (error: unknown) => {
      if (!isLost(error)) throw error;
      // Of no use to a later push, even if S3 should list its parts.
      await this.abort();
      // Nothing that was asked for is missing: who copies several datasets must not pass over this one.
      throw new IactError('unwritable', error.message, { cause: error, uri });
    });
    await notes.ended(this.id);
    await refuseOtherContent(this.target, tag, this.digests);
    return tag;
  }

  /** Leaves nothing of the upload. Never throws. */
  async abort(): Promise<void> {
    await this.leave();
    try {
      await persistently(() => abortUpload(this.target, this.id), this.room.policy);
      await this.room.notes.ended(this.id);
    } catch {
      // What remains costs money; it is noted, and the next push removes it.
    }
  }

  /** Sends nothing more, and leaves what S3 has for a later push. Never throws. */
  async leave(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.uploading);
  }

  private async send(number: number, content: Uint8Array, md5: Buffer): Promise<void> {
    const { client, key, uri } = this.target;
    const { signal } = this;
    const query = { partNumber: String(number), uploadId: this.id };
    const headers = { 'content-md5': md5.toString('base64') };
    const answer = await persistently(
      () => client.send({ method: 'PUT', key, query, headers, body: content, uri, verb: 'write', signal }),
      { ...this.room.policy, signal },
    );
    await answer.body.dump();
    const digits = md5.toString('hex');
    const tag = answer.headers['etag'] ?? `"${digits}"`;
    this.tags[number - 1] = tag;
    if (plainTag(tag) !== digits) await this.room.notes.partTaken(this.id, number, { md5: digits, tag });
  }

  /** ETag of the object if an earlier attempt, whose answer was lost, has completed it. */
  private async completedBefore(error: unknown): Promise<string | undefined> {
    const found = await lookAt(this.target).catch(() => undefined);
    if (found?.version === undefined) return undefined;
    if (isTagOf(found.version, this.digests)) return found.version;
    // Where the ETag is no sum, reading all of it is worth while only if the upload is gone.
    if (!isLost(error)) return undefined;
    const isWhole = await holdsContent(this.target, found, this.digests).catch(() => false);
    return isWhole ? found.version : undefined;
  }
}

/** Whether S3 no longer has an upload whole. */
function isLost(error: unknown): error is IactError {
  return error instanceof IactError && error.code === 'not-found';
}

/** Removes the parts of an upload; no error if there are none. */
export async function abortUpload({ client, key, uri }: UploadTarget, id: string): Promise<void> {
  try {
    const answer = await client.send({ method: 'DELETE', key, query: { uploadId: id }, uri, verb: 'remove' });
    await answer.body.dump();
  } catch (error) {
    if (!isLost(error)) throw error;
  }
}
