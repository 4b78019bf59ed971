import { join } from 'node:path';
import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { Destination, StagedFile, StageOptions, StateDirectoryOf } from '../contract.ts';
import { DelegatingSource } from '../delegating-source.ts';
import { joinedSignal } from '../joined-signal.ts';
import type { S3Location } from '../location.ts';
import { type RetryPolicy, withRetries } from '../with-retries.ts';
import { abortLeft, takeUpUpload } from './left-upload.ts';
import type { UploadRoom, UploadTarget } from './multipart-upload.ts';
import { persistently } from './persistently.ts';
import type { S3Client } from './s3-client.ts';
import { openClient, S3Source } from './s3-source.ts';
import { S3StagedFile } from './s3-staged-file.ts';
import { Slots } from './slots.ts';
import { UploadNotes } from './upload-notes.ts';

const MIB = 1 << 20;
const PARTS_AT_ONCE = 8;
const MOST_HELD_BYTES = 64 * MIB;
const NOTES_NAME = 'uploads.jsonl';

/**
 * A prefix of a bucket that objects can be written to.
 *
 * What is sent carries `Content-MD5`, which every S3 service compares, and the SHA-256 that is signed; the ETag is
 * compared afterwards. `x-amz-checksum-sha256` would say the same once more, and older services refuse it.
 *
 * Memory: 64 MiB for small files that wait for their publication, 8 parts that are being sent, and less than two parts
 * for each file that is being written. A part is 8 MiB, more for files above 78 GiB.
 *
 * An upload that was stopped is gone on with where `open` was told where to note it, and S3 tells what it has of it: parts with
 * the digest of what is written again are not sent again.
 *
 * The time of change is kept as `x-amz-meta-mtime`, in seconds as rclone does. For a file above 16 MiB it should be told
 * to `stage`; else the object is copied onto itself, and above 5 GiB it keeps no time. Mode is not kept.
 */
export class S3Destination extends DelegatingSource implements Destination {
  private readonly client: S3Client;
  private readonly objects: S3Source;
  private readonly bucket: string;
  private readonly room: UploadRoom;

  /**
   * As {@link S3Source.open}.
   *
   * @param policy of all that is asked there: nobody above repeats what is asked of a destination.
   * @param stateDirectoryOf where uploads are noted; without it none is continued or aborted by a later push.
   */
  static async open(
    location: S3Location,
    options: AccessOptions,
    policy: RetryPolicy,
    stateDirectoryOf?: StateDirectoryOf,
  ): Promise<S3Destination> {
    return new S3Destination(await openClient(location, options), location, policy, stateDirectoryOf);
  }

  private constructor(
    client: S3Client,
    location: S3Location,
    policy: RetryPolicy,
    stateDirectoryOf: StateDirectoryOf | undefined,
  ) {
    const objects = new S3Source(client, location);
    super(withRetries(objects, policy));
    this.client = client;
    this.objects = objects;
    this.bucket = location.bucket;
    const notes = stateDirectoryOf && join(stateDirectoryOf(objects.uri), NOTES_NAME);
    this.room = {
      parts: new Slots(PARTS_AT_ONCE),
      heldBytes: 0,
      mostHeldBytes: MOST_HELD_BYTES,
      notes: new UploadNotes(notes, client.service),
      // All uploads listen to it.
      policy: { ...policy, signal: joinedSignal(policy.signal) },
    };
  }

  /** Also aborts what earlier uploads of ours to the same name have left, unless it goes on with one of them. */
  async stage(path: string, options: StageOptions = {}): Promise<StagedFile> {
    const target = this.targetOf(path);
    const upload = await takeUpUpload(target, options, this.room);
    return new S3StagedFile(path, this.bucket, target, this.room, options, upload);
  }

  async unfinishedPaths(): Promise<string[]> {
    return (await this.room.notes.uploads()).map(({ key }) => this.pathOf(key));
  }

  async removeUnfinished(isNeeded: (path: string) => boolean): Promise<void> {
    for (const upload of await this.room.notes.uploads()) {
      const path = this.pathOf(upload.key);
      if (!isNeeded(path)) await abortLeft(this.targetOf(path), upload, this.room);
    }
    await this.room.notes.tidy();
  }

  async create(path: string, content: Uint8Array): Promise<void> {
    // What was noted is looked at by who holds the lock only, and locks are made by this.
    const staged = new S3StagedFile(path, this.bucket, this.targetOf(path), this.room, {});
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
      await persistently(async () => (await this.client.send(request)).body.dump(), this.room.policy);
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

  override async close(): Promise<void> {
    await this.room.notes.close();
    await super.close();
  }

  private pathOf(key: string): string {
    return key.slice(this.objects.root.length);
  }

  private targetOf(path: string): UploadTarget {
    return { client: this.client, key: this.objects.keyOf(path), uri: this.uriOf(path) };
  }
}
