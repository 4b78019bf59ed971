import { createHash } from 'node:crypto';
import { IactError } from '../../core/index.ts';
import { type HduHead, type ScannedHdu, scanFits } from '../../fits/index.ts';
import { inflate, type LocalDestination, type ReadOptions } from '../../storage/index.ts';
import { Digester } from '../../transfer/index.ts';

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

/** Takes size and digests of a file while it passes. */
export class FileDigester {
  private readonly digester = new Digester({ md5: true });
  private sizeBytes = 0;

  update(chunk: Uint8Array): void {
    this.digester.update(chunk);
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
    const { sha256, md5 = '' } = this.digester.digests();
    return { sizeBytes: this.sizeBytes, sha256, md5 };
  }
}

/** Size and digests of a file as it is. */
export async function digestsOf(
  source: LocalDestination,
  path: string,
  options: Pick<ReadOptions, 'expected' | 'signal'>,
): Promise<FileDigests> {
  const digester = new FileDigester();
  for await (const chunk of source.read(path, options)) digester.update(chunk);
  return digester.result();
}
