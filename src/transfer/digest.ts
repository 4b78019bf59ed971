import { createHash, type Hash } from 'node:crypto';
import type { ContentDigests } from '../storage/index.ts';

/** Computes the digests of a file while its content passes. */
export class Digester {
  private readonly sha256: Hash = createHash('sha256');
  private readonly md5: Hash | undefined;

  /** @param wanted with `md5`, such as one to compare with, this is computed, too. */
  constructor(wanted: { readonly md5?: unknown } | undefined) {
    if (wanted?.md5 !== undefined) this.md5 = createHash('md5');
  }

  update(chunk: Uint8Array): void {
    this.sha256.update(chunk);
    this.md5?.update(chunk);
  }

  digests(): ContentDigests {
    return { sha256: this.sha256.digest('hex'), md5: this.md5?.digest('hex') };
  }
}
