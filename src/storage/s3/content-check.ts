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
function multipartTag(digests: readonly Digest[]): string {
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
  if (tag !== undefined && isTagOf(tag, digests)) return;
  const found = await lookAt(target);
  const isOurs = tag === undefined || (found.version !== undefined && plainTag(found.version) === plainTag(tag));
  if (await holdsContent(target, found, digests)) return;
  if (isOurs) await (await client.send({ method: 'DELETE', key, uri, verb: 'remove' })).body.dump();
  const done = isOurs ? 'it was removed again' : 'somebody else wrote it meanwhile';
  throw new IactError('unwritable', `Cannot write "${uri}": S3 holds something else than was sent; ${done}.`, {
    uri,
    retryable: true,
  });
}

/** Whether an ETag tells that the object is of these parts. */
export function isTagOf(tag: string, digests: readonly Digest[]): boolean {
  const plain = plainTag(tag);
  return plain === multipartTag(digests) || (digests.length === 1 && plain === digests[0]?.md5.toString('hex'));
}

/** An ETag without quotes, in small letters. */
export function plainTag(tag: string): string {
  return tag.replaceAll('"', '').toLowerCase();
}

/** Reads an object back, if it has the size of these parts, and compares it with them. */
export async function holdsContent(
  { client, key, uri }: Target,
  expected: FileInfo,
  digests: readonly Digest[],
): Promise<boolean> {
  const sizeBytes = digests.reduce((sum, digest) => sum + digest.sizeBytes, 0);
  return expected.sizeBytes === sizeBytes && (await holds(readObject(client, key, uri, { expected }), digests));
}

/** @throws {IactError} `not-found` */
export async function lookAt({ client, key, uri }: Target): Promise<FileInfo> {
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
