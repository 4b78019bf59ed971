import { IactError } from '../core/index.ts';
import { type Header, readFits } from '../fits/index.ts';
import { isNamedHdu } from '../gadf/index.ts';
import { inflate, type Source, type StoreFile } from '../storage/index.ts';
import { SkippableFile } from '../validate/index.ts';

/** A header, or why there is none. */
export type ReadHeader = Header | IactError;

/**
 * Reads the headers of some HDUs of a file, in one pass that ends with the last of them; no data are held. Where the file
 * breaks off or is broken, the headers before that are still given.
 *
 * @param hduNames as an HDU index names them.
 * @returns the headers in the order of `hduNames`; an error for an HDU that the file has not, or that cannot be reached.
 * @throws {IactError} `cancelled`.
 */
export async function readHeaders(
  source: Source,
  file: StoreFile,
  hduNames: readonly string[],
  signal?: AbortSignal,
): Promise<ReadHeader[]> {
  const uri = source.uriOf(file.path);
  const headers = new Map<string, Header>();
  let fault: IactError | undefined;
  try {
    await readFits(contentOf(source, file, signal), {
      uri,
      inflate,
      signal,
      select: (hdu) => {
        for (const name of hduNames) {
          if (!headers.has(name) && isNamedHdu(hdu, name)) headers.set(name, hdu.header);
        }
        return hduNames.every((name) => headers.has(name)) ? 'stop' : 'skip';
      },
    });
  } catch (error) {
    if (!(error instanceof IactError) || error.code === 'cancelled') throw error;
    fault = error;
  }
  const missing = (name: string) => new IactError('bad-data', `"${uri}" holds no HDU "${name}".`, { uri });
  return hduNames.map((name) => headers.get(name) ?? fault ?? missing(name));
}

/** Of a plain file only what is near to headers is read; what is compressed has to be read from its beginning on. */
function contentOf(source: Source, { path, info }: StoreFile, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  if (path.endsWith('.gz')) return source.read(path, { signal });
  return new SkippableFile(source, path, info.sizeBytes, undefined, signal);
}
