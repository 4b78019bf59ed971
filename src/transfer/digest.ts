import { createHash, type Hash, hash, webcrypto } from 'node:crypto';
import type { ExpectedDigests } from './plan.ts';

/** Digests of the content of a file, as hexadecimal digits. */
export interface Digests {
  readonly sha256: string;
  /** Only where somebody has published one to compare with: it takes longer than all else. */
  readonly md5: string | undefined;
}

/** Computes the digests of a file while its content passes. */
export class Digester {
  private readonly sha256: Hash = createHash('sha256');
  private readonly md5: Hash | undefined;

  constructor(expected: ExpectedDigests | undefined) {
    if (expected?.md5 !== undefined) this.md5 = createHash('md5');
  }

  update(chunk: Uint8Array): void {
    this.sha256.update(chunk);
    this.md5?.update(chunk);
  }

  digests(): Digests {
    return { sha256: this.sha256.digest('hex'), md5: this.md5?.digest('hex') };
  }
}

/** Below this the way to another thread takes longer than the digest. */
const WORTH_A_THREAD_BYTES = 64 * 1024;

/** Digests of a content that is in memory; of a large one the SHA-256 is computed by another thread. */
export async function digestsOf(content: Uint8Array, expected: ExpectedDigests | undefined): Promise<Digests> {
  const md5 = expected?.md5 === undefined ? undefined : hash('md5', content);
  if (content.length < WORTH_A_THREAD_BYTES) return { sha256: hash('sha256', content), md5 };
  const digest = await webcrypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>);
  return { sha256: Buffer.from(digest).toString('hex'), md5 };
}
