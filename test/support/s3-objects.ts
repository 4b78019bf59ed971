import { createHash, randomBytes } from 'node:crypto';

export interface StoredObject {
  readonly content: Buffer;
  readonly etag: string;
  readonly modifiedMs: number;
  /** `x-amz-meta-…` and `content-type`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, UploadedPart>;
}

export interface UploadedPart {
  readonly content: Buffer;
  readonly etag: string;
}

/** What S3 refuses a request with. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly region: string | undefined;

  constructor(status: number, code: string, region?: string) {
    super(code);
    this.status = status;
    this.code = code;
    this.region = region;
  }
}

const md5 = (content: Uint8Array): Buffer => createHash('md5').update(content).digest();

/** The objects of all buckets, and the uploads that are under way, in memory. */
export class S3Objects {
  /** By `bucket/key`. */
  readonly objects: Map<string, StoredObject> = new Map();
  readonly uploads: Map<string, Upload> = new Map();
  private readonly opaqueTags: boolean;
  private readonly smallestPart: number;

  constructor(opaqueTags: boolean, smallestPart: number) {
    this.opaqueTags = opaqueTags;
    this.smallestPart = smallestPart;
  }

  put(path: string, content: Uint8Array, metadata: Readonly<Record<string, string>> = {}): StoredObject {
    return this.store(path, Buffer.from(content), md5(content).toString('hex'), metadata);
  }

  begin(bucket: string, key: string, metadata: Readonly<Record<string, string>>): string {
    const id = randomBytes(8).toString('hex');
    this.uploads.set(id, { bucket, key, metadata, parts: new Map() });
    return id;
  }

  putPart(id: string, key: string, number: number, content: Buffer): string {
    const part = { content, etag: this.tagOf(md5(content).toString('hex')) };
    this.uploadOf(id, key).parts.set(number, part);
    return part.etag;
  }

  complete(id: string, key: string, named: readonly { number: number; etag: string }[]): StoredObject {
    const { bucket, metadata, parts } = this.uploadOf(id, key);
    const found = named.map(({ number, etag }, i) => {
      const part = parts.get(number);
      if (part?.etag !== etag) throw new S3Refusal(400, 'InvalidPart');
      if (number <= (named[i - 1]?.number ?? 0)) throw new S3Refusal(400, 'InvalidPartOrder');
      if (i < named.length - 1 && part.content.length < this.smallestPart) throw new S3Refusal(400, 'EntityTooSmall');
      return part.content;
    });
    if (found.length === 0) throw new S3Refusal(400, 'MalformedXML');
    this.uploads.delete(id);
    const tag = `${md5(Buffer.concat(found.map(md5))).toString('hex')}-${found.length}`;
    return this.store(`${bucket}/${key}`, Buffer.concat(found), tag, metadata);
  }

  abort(id: string, key: string): void {
    this.uploadOf(id, key);
    this.uploads.delete(id);
  }

  /** Keys of a bucket in the order of their UTF-8 bytes. */
  keys(bucket: string): string[] {
    const keys = [...this.objects.keys()].filter((path) => path.startsWith(`${bucket}/`));
    return keys
      .map((path) => path.slice(bucket.length + 1))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  private store(path: string, content: Buffer, tag: string, metadata: Readonly<Record<string, string>>): StoredObject {
    const object = { content, etag: this.tagOf(tag), modifiedMs: Date.now(), metadata };
    this.objects.set(path, object);
    return object;
  }

  private tagOf(sum: string): string {
    return `"${this.opaqueTags ? randomBytes(12).toString('base64url') : sum}"`;
  }

  uploadOf(id: string, key: string): Upload {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Refusal(404, 'NoSuchUpload');
    return upload;
  }
}
