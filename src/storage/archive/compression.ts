import { IactError, messageOf } from '../../core/index.ts';
import { inflate } from '../inflate.ts';
import { systemCode } from '../system-error.ts';

/** How the files of each kind of compression begin. */
const MAGIC: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
];
export const MAGIC_BYTES = 5;

/**
 * Whether an archive is compressed, by how it begins: a name may be wrong, and servers expand what they send.
 *
 * @throws {IactError} `bad-data` if it is compressed by anything but gzip.
 */
export function isCompressed(beginning: Uint8Array, uri: string): boolean {
  const found = MAGIC.find(([, bytes]) => bytes.every((byte, i) => beginning[i] === byte))?.[0];
  if (found === undefined || found === 'gzip') return found === 'gzip';
  const message = `Cannot read the archive "${uri}": it is of the kind ${found}; tar, plain or with gzip, is supported.`;
  throw new IactError('bad-data', message, { uri });
}

/** The archive as it was before it was compressed, if it was. */
export async function* expanded(content: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array, void> {
  const iterator = content[Symbol.asyncIterator]();
  try {
    let beginning: Uint8Array = Buffer.alloc(0);
    while (beginning.length < MAGIC_BYTES) {
      const { done, value } = await iterator.next();
      if (done) break;
      beginning = Buffer.concat([beginning, value]);
    }
    const whole = rest(beginning, iterator);
    yield* isCompressed(beginning, uri) ? inflated(whole, uri) : whole;
  } finally {
    await iterator.return?.();
  }
}

async function* rest(beginning: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  if (beginning.length > 0) yield beginning;
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

async function* inflated(compressed: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<Uint8Array, void> {
  let position = 0;
  const counted = (async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of compressed) {
      position += chunk.length;
      yield chunk;
    }
  })();
  try {
    yield* inflate(counted);
  } catch (error) {
    if (!systemCode(error)?.startsWith('Z_')) throw error;
    const reason = `the compressed data are broken (${messageOf(error)}). Fetch it again`;
    const message = `Cannot read the archive "${uri}" before byte ${position}: ${reason}.`;
    throw new IactError('bad-data', message, { uri, cause: error });
  }
}
