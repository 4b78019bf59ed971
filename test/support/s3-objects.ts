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
  readonly parts: Map<number, Buffer>;
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
    this.uploadOf(id, key).parts.set(number, content);
    return `"${md5(content).toString('hex')}"`;
  }

  complete(id: string, key: string, named: readonly { number: number; etag: string }[]): StoredObject {
    const { bucket, metadata, parts } = this.uploadOf(id, key);
    const found = named.map(({ number, etag }, i) => {
      const part = parts.get(number);
      if (part === undefined || `"${md5(part).toString('hex')}"` !== etag) throw new S3Refusal(400, 'InvalidPart');
      if (number <= (named[i - 1]?.number ?? 0)) throw new S3Refusal(400, 'InvalidPartOrder');
      if (i < named.length - 1 && part.length < this.smallestPart) throw new S3Refusal(400, 'EntityTooSmall');
      return part;
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
    const etag = `"${this.opaqueTags ? randomBytes(12).toString('base64url') : tag}"`;
    const object = { content, etag, modifiedMs: Date.now(), metadata };
    this.objects.set(path, object);
    return object;
  }

  private uploadOf(id: string, key: string): Upload {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) throw new S3Refusal(404, 'NoSuchUpload');
    return upload;
  }
}
