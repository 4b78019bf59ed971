import { IactError } from '../core/index.ts';
import { type Header, readFits } from '../fits/index.ts';
import { isNamedHdu } from '../gadf/index.ts';
import { inflate, type Source, type StoreFile } from '../storage/index.ts';

/**
 * Reads the headers of some HDUs of a file, in one pass that ends with the last of them; no data are held.
 *
 * @param hduNames as an HDU index names them.
 * @returns the headers in the order of `hduNames`.
 * @throws {IactError} `bad-data` for an HDU that the file has not, and for what is no FITS file.
 */
export async function readHeaders(
  source: Source,
  file: StoreFile,
  hduNames: readonly string[],
  signal?: AbortSignal,
): Promise<Header[]> {
  const uri = source.uriOf(file.path);
  const headers = new Map<string, Header>();
  await readFits(source.read(file.path), {
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
  return hduNames.map((name) => {
    const header = headers.get(name);
    if (header === undefined) throw new IactError('bad-data', `"${uri}" holds no HDU "${name}".`, { uri });
    return header;
  });
}
