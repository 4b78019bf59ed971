import { createHash } from 'node:crypto';
import { IactError } from '../../core/index.ts';
import type { FileInfo } from '../contract.ts';
import type { S3Client } from './s3-client.ts';
import { objectInfo } from './s3-object-info.ts';
import { readObject } from './s3-reading.ts';

/** A stretch of an object, in order. */
export interface Digest {
  readonly md5: Buffer;
  readonly sizeBytes: number;
}

interface Target {
  readonly client: S3Client;
  readonly key: string;
  readonly uri: string;
}

/** ETag of an object of these parts, unless the service encrypts with a key of the user. */
export function multipartTag(digests: readonly Digest[]): string {
  const all = createHash('md5');
  for (const { md5 } of digests) all.update(md5);
  return `${all.digest('hex')}-${digests.length}`;
}

/**
 * Returns if the object of an ETag is what was sent. Where the ETag is no sum of the content, the object is read back.
 * One that holds something else is removed, unless another has taken its place.
 *
 * @throws {IactError} `unwritable` if it is not.
 */
export async function refuseOtherContent(
  target: Target,
  tag: string | undefined,
  digests: readonly Digest[],
): Promise<void> {
  const { client, key, uri } = target;
  const plain = tag?.replaceAll('"', '').toLowerCase();
  if (plain === multipartTag(digests) || (digests.length === 1 && plain === digests[0]?.md5.toString('hex'))) return;
  const expected = await lookAt(target);
  const isOurs = tag === undefined || expected.version?.replaceAll('"', '').toLowerCase() === plain;
  const sizeBytes = digests.reduce((sum, digest) => sum + digest.sizeBytes, 0);
  if (expected.sizeBytes === sizeBytes && (await holds(readObject(client, key, uri, { expected }), digests))) return;
  if (isOurs) await (await client.send({ method: 'DELETE', key, uri, verb: 'remove' })).body.dump();
  const done = isOurs ? 'it was removed again' : 'somebody else wrote it meanwhile';
  throw new IactError('unwritable', `Cannot write "${uri}": S3 holds something else than was sent; ${done}.`, {
    uri,
    retryable: true,
  });
}

async function lookAt({ client, key, uri }: Target): Promise<FileInfo> {
  const answer = await client.send({ method: 'HEAD', key, uri, verb: 'read' });
  await answer.body.dump();
  return objectInfo(answer, uri);
}

async function holds(content: AsyncIterable<Uint8Array>, digests: readonly Digest[]): Promise<boolean> {
  let index = 0;
  let left = digests[0]?.sizeBytes ?? 0;
  let sum = createHash('md5');
  for await (let chunk of content) {
    while (chunk.length > 0) {
      const taken = chunk.subarray(0, left);
      sum.update(taken);
      left -= taken.length;
      chunk = chunk.subarray(taken.length);
      if (left > 0) continue;
      if (!sum.digest().equals(digests[index]?.md5 ?? Buffer.alloc(0))) return false;
      sum = createHash('md5');
      left = digests[++index]?.sizeBytes ?? Number.POSITIVE_INFINITY;
    }
  }
  // The sizes are equal: what is left is an empty object.
  return index === digests.length || digests.every(({ sizeBytes }) => sizeBytes === 0);
}
