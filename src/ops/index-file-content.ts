import { type BinTable, type Hdu, type HduOutput, setChecksum, writeFits } from '../fits/index.ts';
import { deflate } from '../storage/index.ts';

/**
 * The content of an index file with other tables in the place of its own; compressed if its path says so, as CFITSIO does.
 * A table has checksums where the one before had any.
 *
 * @param tables by the position of their HDU.
 */
export function indexFileContent(
  hdus: readonly Hdu[],
  tables: ReadonlyMap<number, BinTable>,
  path: string,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  const content = writeFits(hdus.map((hdu) => outputOf(hdu, tables.get(hdu.index))));
  return path.endsWith('.gz') ? deflate(content) : content;
}

function outputOf(hdu: Hdu, table: BinTable | undefined): HduOutput {
  if (table === undefined) return { header: hdu.header, ...(hdu.data && { data: hdu.data }) };
  const output = table.toOutput();
  if (hdu.header.has('CHECKSUM') || hdu.header.has('DATASUM')) setChecksum(output);
  return output;
}
