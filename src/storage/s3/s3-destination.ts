import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { Destination, StagedFile, StageOptions } from '../contract.ts';
import { DelegatingSource } from '../delegating-source.ts';
import type { S3Location } from '../location.ts';
import { type RetryPolicy, withRetries } from '../with-retries.ts';
import { abortUpload } from './multipart-upload.ts';
import { persistently } from './persistently.ts';
import type { S3Client } from './s3-client.ts';
import { decoderOf } from './s3-listing.ts';
import { openClient, S3Source } from './s3-source.ts';
import { S3StagedFile, type UploadRoom } from './s3-staged-file.ts';
import { elementsOf, textOf } from './s3-xml.ts';
import { Slots } from './slots.ts';

const MIB = 1 << 20;
const PARTS_AT_ONCE = 8;
const MOST_HELD_BYTES = 64 * MIB;
/** Pages of the list of uploads, as a bound against a service that leads in circles. */
const MAX_PAGES = 10_000;

/**
 * A prefix of a bucket that objects can be written to.
 *
 * What is sent carries `Content-MD5`, which every S3 service compares, and the SHA-256 that is signed; the ETag is
 * compared afterwards. `x-amz-checksum-sha256` would say the same once more, and older services refuse it.
 *
 * Memory: 64 MiB for small files that wait for their publication, 8 parts that are being sent, and less than two parts
 * for each file that is being written. A part is 8 MiB, more for files above 78 GiB.
 *
 * The time of change is kept as `x-amz-meta-mtime`, in seconds as rclone does. For a file above 16 MiB it should be told
 * to `stage`; else the object is copied onto itself, and above 5 GiB it keeps no time. Mode is not kept.
 */
export class S3Destination extends DelegatingSource implements Destination {
  private readonly client: S3Client;
  private readonly objects: S3Source;
  private readonly bucket: string;
  private readonly signal: AbortSignal | undefined;
  private readonly room: UploadRoom = {
    parts: new Slots(PARTS_AT_ONCE),
    heldBytes: 0,
    mostHeldBytes: MOST_HELD_BYTES,
  };
  private leftovers: Promise<Map<string, string[]>> | undefined;

  /**
   * As {@link S3Source.open}.
   *
   * @param policy of what is read there: nobody above repeats what is asked of a destination.
   */
  static async open(location: S3Location, options: AccessOptions, policy: RetryPolicy): Promise<S3Destination> {
    return new S3Destination(await openClient(location, options), location, policy);
  }

  private constructor(client: S3Client, location: S3Location, policy: RetryPolicy) {
    const objects = new S3Source(client, location);
    super(withRetries(objects, policy));
    this.client = client;
    this.objects = objects;
    this.bucket = location.bucket;
    this.signal = policy.signal;
  }

  /** Also removes what earlier uploads of the same name left behind; they are looked for once. */
  async stage(path: string, options: StageOptions = {}): Promise<StagedFile> {
    const target = { client: this.client, key: this.objects.keyOf(path), uri: this.uriOf(path) };
    this.leftovers ??= this.findLeftovers();
    const found = await this.leftovers;
    const ids = found.get(target.key) ?? [];
    found.delete(target.key);
    for (const id of ids) await persistently(() => abortUpload(target, id), this.signal);
    return new S3StagedFile(path, this.bucket, target, this.room, options);
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    const staged = await this.stage(path);
    try {
      await staged.write(content);
      await staged.seal({});
      await staged.publish();
    } catch (error) {
      await staged.discard();
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    const request = { method: 'DELETE', key: this.objects.keyOf(path), uri: this.uriOf(path), verb: 'remove' } as const;
    try {
      await persistently(async () => (await this.client.send(request)).body.dump(), this.signal);
    } catch (error) {
      if (!(error instanceof IactError) || error.code !== 'not-found') throw error;
    }
  }

  /** There are none. */
  async removeEmptyDirectory(): Promise<void> {}

  /** What S3 has answered is lasting. */
  async syncDirectory(): Promise<void> {}

  async freeBytes(): Promise<undefined> {
    return undefined;
  }

  /** Names of the uploads under way, by key; none where S3 does not let us list them. */
  private async findLeftovers(): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    try {
      let after: Record<string, string> = {};
      for (let count = 0; count < MAX_PAGES; count++) {
        const query = { uploads: '', prefix: this.objects.root, 'encoding-type': 'url', ...after };
        const request = { method: 'GET', key: '', query, uri: this.uri, verb: 'list' } as const;
        const page = await persistently(() => this.client.sendForXml(request), this.signal);
        const decode = decoderOf(page);
        for (const upload of elementsOf(page, 'Upload')) {
          const key = decode(textOf(upload, 'Key') ?? '');
          found.set(key, [...(found.get(key) ?? []), textOf(upload, 'UploadId') ?? '']);
        }
        const keyMarker = decode(textOf(page, 'NextKeyMarker') ?? '');
        const idMarker = textOf(page, 'NextUploadIdMarker') ?? '';
        if (textOf(page, 'IsTruncated') !== 'true' || keyMarker === '') break;
        after = { 'key-marker': keyMarker, 'upload-id-marker': idMarker };
      }
    } catch (error) {
      // Who may write need not be allowed to list uploads, and some services have no such list.
      if (!(error instanceof IactError) || error.code !== 'unreadable') throw error;
    }
    return found;
  }
}
