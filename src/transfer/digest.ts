import { createHash, type Hash } from 'node:crypto';
import type { ContentDigests } from '../storage/index.ts';
import type { ExpectedDigests } from './plan.ts';

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

  digests(): ContentDigests {
    return { sha256: this.sha256.digest('hex'), md5: this.md5?.digest('hex') };
  }
}
