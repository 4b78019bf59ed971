import { createHash } from 'node:crypto';
import { IactError } from '../../core/index.ts';
import { type Digest, multipartTag, refuseOtherContent } from './content-check.ts';
import { persistently } from './persistently.ts';
import type { S3Client } from './s3-client.ts';
import { textOf } from './s3-xml.ts';
import type { Slots } from './slots.ts';

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

/** An object that is uploaded in parts, and is there only when it is complete. */
export class MultipartUpload {
  private readonly target: UploadTarget;
  private readonly id: string;
  private readonly slots: Slots;
  private readonly stop: AbortController = new AbortController();
  private readonly digests: Digest[] = [];
  private readonly tags: string[] = [];
  private readonly uploading: Set<Promise<void>> = new Set();
  private failure: { readonly error: unknown } | undefined;

  private constructor(target: UploadTarget, id: string, slots: Slots) {
    this.target = target;
    this.id = id;
    this.slots = slots;
  }

  static async begin(target: UploadTarget, headers: Record<string, string>, slots: Slots): Promise<MultipartUpload> {
    const { client, key, uri } = target;
    const document = await persistently(() =>
      client.sendForXml({ method: 'POST', key, query: { uploads: '' }, headers, uri, verb: 'write' }),
    );
    const id = textOf(document, 'UploadId');
    if (id) return new MultipartUpload(target, id, slots);
    throw new IactError('unwritable', `Cannot write "${uri}": S3 begins an upload without telling its name.`, { uri });
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
    const free = await this.slots.take();
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
    const tag = await persistently(async (attempt) => {
      try {
        const request = { method: 'POST', key, query, body, uri, verb: 'write' } as const;
        return textOf(await client.sendForXml(request), 'ETag');
      } catch (error) {
        const found = attempt > 0 ? await this.completedBefore() : undefined;
        if (found === undefined) throw error;
        return found;
      }
    });
    await refuseOtherContent(this.target, tag, this.digests);
    return tag;
  }

  /** Leaves nothing of the upload. Never throws. */
  async abort(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.uploading);
    // What remains costs money, and the next push removes it.
    await persistently(() => abortUpload(this.target, this.id)).catch(() => undefined);
  }

  private async send(number: number, content: Uint8Array, md5: Buffer): Promise<void> {
    const { client, key, uri } = this.target;
    const { signal } = this.stop;
    const query = { partNumber: String(number), uploadId: this.id };
    const headers = { 'content-md5': md5.toString('base64') };
    const answer = await persistently(
      () => client.send({ method: 'PUT', key, query, headers, body: content, uri, verb: 'write', signal }),
      signal,
    );
    await answer.body.dump();
    this.tags[number - 1] = answer.headers['etag'] ?? `"${md5.toString('hex')}"`;
  }

  /** ETag of the object if an earlier attempt, whose answer was lost, has completed it. */
  private async completedBefore(): Promise<string | undefined> {
    const { client, key, uri } = this.target;
    const answer = await client.send({ method: 'HEAD', key, uri, verb: 'read' }).catch(() => undefined);
    await answer?.body.dump();
    const tag = answer?.headers['etag'];
    return tag?.replaceAll('"', '') === multipartTag(this.digests) ? tag : undefined;
  }
}

/** Removes the parts of an upload; no error if there are none. */
export async function abortUpload({ client, key, uri }: UploadTarget, id: string): Promise<void> {
  try {
    const answer = await client.send({ method: 'DELETE', key, query: { uploadId: id }, uri, verb: 'remove' });
    await answer.body.dump();
  } catch (error) {
    if (!(error instanceof IactError) || error.code !== 'not-found') throw error;
  }
}
