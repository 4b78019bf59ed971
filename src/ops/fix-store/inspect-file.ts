import { createHash } from 'node:crypto';
import { IactError } from '../../core/index.ts';
import { type HduHead, type ScannedHdu, scanFits } from '../../fits/index.ts';
import { inflate } from '../../storage/index.ts';

/** Size and digests of a file. */
export interface FileDigests {
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly md5: string;
}

/** An HDU with a digest of its data. */
export interface InspectedHdu extends ScannedHdu {
  readonly dataDigest: string;
}

/** A FITS file that was read from its beginning to its end. */
export interface InspectedFile extends FileDigests {
  readonly hdus: readonly InspectedHdu[];
  readonly trailingBytes: number;
}

/**
 * Reads a FITS file whole. Memory holds the data of the HDUs that are to be loaded.
 *
 * @throws {IactError} `bad-data` if it cannot be understood to its end; `cancelled`, and what reading throws.
 */
export async function inspectFile(
  content: AsyncIterable<Uint8Array>,
  uri: string,
  load: (hdu: HduHead) => boolean,
  signal?: AbortSignal,
): Promise<InspectedFile> {
  const digests = new FileDigester();
  const hdus: InspectedHdu[] = [];
  let data = createHash('sha256');
  const { fault, trailingBytes } = await scanFits(digests.watch(content), {
    uri,
    inflate,
    select: (hdu) => (load(hdu) ? 'load' : (piece) => data.update(piece)),
    onHdu: (hdu) => {
      if (hdu.data !== undefined) data.update(hdu.data);
      hdus.push({ ...hdu, dataDigest: data.digest('hex') });
      data = createHash('sha256');
    },
    signal,
  });
  if (fault !== undefined) throw new IactError('bad-data', `"${uri}" cannot be read: ${fault.message}.`, { uri });
  return { hdus, trailingBytes, ...digests.result() };
}

/** Takes the digests of a file while it passes. */
export class FileDigester {
  private readonly sha256 = createHash('sha256');
  private readonly md5 = createHash('md5');
  private sizeBytes = 0;

  update(chunk: Uint8Array): void {
    this.sha256.update(chunk);
    this.md5.update(chunk);
    this.sizeBytes += chunk.length;
  }

  async *watch(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of content) {
      this.update(chunk);
      yield chunk;
    }
  }

  /** May be asked for once. */
  result(): FileDigests {
    return { sizeBytes: this.sizeBytes, sha256: this.sha256.digest('hex'), md5: this.md5.digest('hex') };
  }
}
