import { createHash } from 'node:crypto';
import type { FileAttributes, StagedFile, StageOptions } from '../contract.ts';
import { refuseOtherContent } from './content-check.ts';
import { MultipartUpload, partBytesOf, type UploadRoom, type UploadTarget } from './multipart-upload.ts';
import { persistently } from './persistently.ts';
import { encodeUri } from './s3-endpoint.ts';
import { formatMtime } from './s3-object-info.ts';

const MIB = 1 << 20;
/** Larger files are uploaded in parts. */
const SMALL_FILE_BYTES = 16 * MIB;
/** Larger objects cannot be copied in one request. @see Amazon S3 API Reference, CopyObject */
const LARGEST_COPY_BYTES = 5 * 2 ** 30;

/**
 * A file that becomes an object by one request: a small one by PUT, from memory; a large one, or one that finds the room
 * for small ones full, by the end of an upload in parts.
 */
export class S3StagedFile implements StagedFile {
  readonly path: string;
  private readonly target: UploadTarget;
  private readonly bucket: string;
  private readonly room: UploadRoom;
  private readonly options: StageOptions;
  private chunks: Uint8Array[] = [];
  /** Bytes in `chunks`. */
  private pendingBytes = 0;
  private heldBytes = 0;
  private sizeBytes = 0;
  private upload: MultipartUpload | undefined;
  private attributes: FileAttributes = {};

  /** @param upload what an interrupted push has left of the same file. */
  constructor(
    path: string,
    bucket: string,
    target: UploadTarget,
    room: UploadRoom,
    options: StageOptions,
    upload?: MultipartUpload,
  ) {
    this.path = path;
    this.bucket = bucket;
    this.target = target;
    this.room = room;
    this.options = options;
    this.upload = upload;
  }

  get keptBytes(): number {
    return this.upload?.keptBytes ?? 0;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const room = this.upload ? this.partBytes(this.upload) - this.pendingBytes : rest.length;
      // A copy: the caller may use its memory again.
      const taken = new Uint8Array(rest.subarray(0, room));
      this.chunks.push(taken);
      this.pendingBytes += taken.length;
      this.sizeBytes += taken.length;
      rest = rest.subarray(room);
      await this.makeRoom(taken.length);
    }
  }

  async seal(attributes: FileAttributes): Promise<number> {
    this.attributes = attributes;
    if (this.upload) {
      if (this.pendingBytes > 0) await this.addPart(this.upload, this.pendingBytes);
      await this.upload.settle();
    }
    return this.sizeBytes;
  }

  /** What S3 has taken is lasting. */
  async sync(): Promise<void> {}

  async publish(): Promise<void> {
    if (this.upload === undefined) await this.put();
    else {
      const tag = await this.upload.complete();
      const { mtimeMs } = this.attributes;
      if (mtimeMs !== undefined && mtimeMs !== this.options.mtimeMs) await this.copyWithTime(tag, mtimeMs);
    }
    this.letGo();
  }

  async discard(): Promise<void> {
    this.letGo();
    await this.upload?.abort();
  }

  async leave(): Promise<void> {
    this.letGo();
    await this.upload?.leave();
  }

  /** Sends parts that are full; begins to send parts when the file is no longer small, or there is no room. */
  private async makeRoom(addedBytes: number): Promise<void> {
    if (this.upload === undefined) {
      const isSmall = this.pendingBytes <= SMALL_FILE_BYTES && (this.options.sizeBytes ?? 0) <= SMALL_FILE_BYTES;
      if (isSmall && this.room.heldBytes + addedBytes <= this.room.mostHeldBytes) {
        this.heldBytes += addedBytes;
        this.room.heldBytes += addedBytes;
        return;
      }
      const headers = timeHeader(this.options.mtimeMs);
      this.upload = await MultipartUpload.begin(this.target, headers, this.options, this.room);
    }
    for (let bytes = this.partBytes(this.upload); this.pendingBytes >= bytes; bytes = this.partBytes(this.upload)) {
      await this.addPart(this.upload, bytes);
    }
    const isAll = this.sizeBytes === this.options.sizeBytes;
    if (isAll && this.pendingBytes > 0) await this.addPart(this.upload, this.pendingBytes);
    this.giveBack();
  }

  private partBytes(upload: MultipartUpload): number {
    const { sizeBytes } = this.options;
    return partBytesOf(upload.nextNumber, sizeBytes && Math.max(sizeBytes, this.sizeBytes));
  }

  private async addPart(upload: MultipartUpload, sizeBytes: number): Promise<void> {
    const all = Buffer.concat(this.chunks, this.pendingBytes);
    const rest = all.subarray(sizeBytes);
    this.chunks = rest.length === 0 ? [] : [Uint8Array.from(rest)];
    this.pendingBytes = rest.length;
    await upload.addPart(all.subarray(0, sizeBytes));
  }

  private async put(): Promise<void> {
    const { client, key, uri } = this.target;
    const { signal } = this.room.policy;
    const body = Buffer.concat(this.chunks, this.pendingBytes);
    const md5 = createHash('md5').update(body).digest();
    const headers = {
      'content-md5': md5.toString('base64'),
      'x-amz-meta-sha256': createHash('sha256').update(body).digest('hex'),
      ...timeHeader(this.attributes.mtimeMs),
    };
    const tag = await persistently(async () => {
      const answer = await client.send({ method: 'PUT', key, headers, body, uri, verb: 'write', signal });
      await answer.body.dump();
      return answer.headers['etag'];
    }, this.room.policy);
    await refuseOtherContent(this.target, tag, [{ md5, sizeBytes: body.length }]);
  }

  /** The time is taken only at the beginning of an upload; later, by a copy of the object onto itself. */
  private async copyWithTime(tag: string | undefined, mtimeMs: number): Promise<void> {
    if (this.sizeBytes > LARGEST_COPY_BYTES) return;
    const { client, key, uri } = this.target;
    const headers = {
      'x-amz-copy-source': `/${this.bucket}/${key.split('/').map(encodeUri).join('/')}`,
      'x-amz-metadata-directive': 'REPLACE',
      ...(tag === undefined ? {} : { 'x-amz-copy-source-if-match': tag }),
      ...timeHeader(mtimeMs),
    };
    await persistently(() => client.sendForXml({ method: 'PUT', key, headers, uri, verb: 'write' }), this.room.policy);
  }

  private letGo(): void {
    this.chunks = [];
    this.pendingBytes = 0;
    this.giveBack();
  }

  private giveBack(): void {
    this.room.heldBytes -= this.heldBytes;
    this.heldBytes = 0;
  }
}

function timeHeader(mtimeMs: number | undefined): Record<string, string> {
  return mtimeMs === undefined ? {} : { 'x-amz-meta-mtime': formatMtime(mtimeMs) };
}
