import { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { DirectoryEntry, ExpectedReads, FileInfo, ReadOptions, ReadTraits, Source } from '../contract.ts';
import { connectionsFor } from '../http/ready-connections.ts';
import type { S3Location } from '../location.ts';
import { S3Client } from './s3-client.ts';
import { listObjects } from './s3-listing.ts';
import { objectInfo } from './s3-object-info.ts';
import { readObject } from './s3-reading.ts';

const INITIAL_READS = 16;
/** An index, its sibling, and what else there is to know of a store are asked for at the same time. */
const FIRST_CONNECTIONS = 4;

/** What is at the root, and at nothing else. */
const DIRECTORY: FileInfo = {
  kind: 'directory',
  sizeBytes: 0,
  mtimeMs: undefined,
  mode: undefined,
  identity: undefined,
};

/**
 * The objects of a bucket whose keys begin with a prefix. S3 has no directories: the root always is one, and other
 * directories only show in lists.
 */
export class S3Source implements Source {
  readonly uri: string;
  readonly traits: ReadTraits = {
    initialReads: INITIAL_READS,
    maxReads: 64,
    parallelRanges: true,
    tellsOnOpening: true,
  };
  /** What all keys begin with. */
  readonly root: string;
  private readonly client: S3Client;
  private bucketIsThere: Promise<void> | undefined;

  constructor(client: S3Client, location: S3Location) {
    this.client = client;
    this.root = location.key === '' ? '' : `${location.key}/`;
    this.uri = `s3://${location.bucket}/${location.key}`;
  }

  /**
   * Finds endpoint and credentials; the service is not asked yet.
   *
   * @throws {IactError} `usage` for a configuration that cannot be used.
   */
  static async open(location: S3Location, options: AccessOptions): Promise<S3Source> {
    const client = await openClient(location, options);
    client.prepare(FIRST_CONNECTIONS);
    return new S3Source(client, location);
  }

  uriOf(path: string): string {
    return path === '' || this.uri.endsWith('/') ? this.uri + path : `${this.uri}/${path}`;
  }

  async stat(path: string): Promise<FileInfo | undefined> {
    if (path === '') return DIRECTORY;
    const uri = this.uriOf(path);
    try {
      const answer = await this.client.send({ method: 'HEAD', key: this.keyOf(path), uri, verb: 'read' });
      await answer.body.dump();
      return objectInfo(answer, uri);
    } catch (error) {
      if (!(error instanceof IactError) || error.code !== 'not-found') throw error;
      await this.refuseAbsentBucket();
      return undefined;
    }
  }

  async *read(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    yield* readObject(this.client, this.keyOf(path), this.uriOf(path), options);
  }

  async list(path: string): Promise<DirectoryEntry[] | undefined> {
    return listObjects(this.client, path === '' ? this.root : `${this.keyOf(path)}/`, this.uriOf(path));
  }

  prepare(expected?: ExpectedReads): void {
    this.client.prepare(connectionsFor(expected, FIRST_CONNECTIONS + INITIAL_READS));
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  /** @throws {IactError} `unsafe-path` for steps that a URL would resolve. */
  keyOf(path: string): string {
    const isStep = path.split('/').every((step) => step !== '' && step !== '.' && step !== '..');
    if (isStep) return this.root + path;
    throw new IactError('unsafe-path', `"${this.uriOf(path)}" has a step that no key of S3 can have.`, {
      uri: this.uriOf(path),
    });
  }

  /** S3 tells that an object is not there, and not that its bucket is not. */
  private async refuseAbsentBucket(): Promise<void> {
    const { uri } = this;
    this.bucketIsThere ??= (async () => {
      try {
        await (await this.client.send({ method: 'HEAD', key: '', uri, verb: 'list' })).body.dump();
      } catch (error) {
        const isAbsent = error instanceof IactError && error.code === 'not-found';
        // Who may read an object need not be allowed to look at the bucket.
        if (isAbsent || (error instanceof IactError && error.retryable)) throw error;
      }
    })();
    const asked = this.bucketIsThere;
    try {
      await asked;
    } catch (error) {
      if (this.bucketIsThere === asked) this.bucketIsThere = undefined;
      throw error;
    }
  }
}

/** @throws {IactError} `usage` for a prefix that a URL would resolve to another. */
export async function openClient({ bucket, key }: S3Location, options: AccessOptions): Promise<S3Client> {
  if (key.split('/').some((step) => step === '.' || step === '..')) {
    throw new IactError('usage', `Cannot open "s3://${bucket}/${key}": "." and ".." mean nothing in S3.`);
  }
  return S3Client.open(bucket, options, 64);
}
