import { BinTable, scanFits } from '../fits/index.ts';
import { inflate, type Source } from '../storage/index.ts';
import type { HduFacts } from './facts.ts';
import { RowBatch } from './row-batch.ts';

const BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Reads a table that is too large to be held, a batch of rows at a time. Variable-length arrays are left out.
 *
 * @param path of the file that is there.
 */
export async function readBatches(
  source: Source,
  path: string,
  hdu: HduFacts,
  onBatch: (batch: RowBatch) => void,
  signal?: AbortSignal,
): Promise<void> {
  const rowBytes = hdu.header.integer('NAXIS1') ?? 0;
  const rowCount = hdu.header.integer('NAXIS2') ?? 0;
  if (rowBytes <= 0 || rowCount <= 0) return;
  const batch = new Uint8Array(rowBytes * Math.max(1, Math.min(rowCount, Math.floor(BATCH_BYTES / rowBytes))));
  let filled = 0;
  let firstRow = 0;
  const flush = (): void => {
    const rows = Math.min(Math.floor(filled / rowBytes), rowCount - firstRow);
    if (rows > 0) onBatch(new RowBatch(tableOf(hdu, batch.subarray(0, rows * rowBytes), rows), firstRow));
    firstRow += rows;
    filled = 0;
  };
  await scanFits(source.read(path, { ...(signal !== undefined && { signal }) }), {
    uri: hdu.place.uri,
    inflate,
    checksums: false,
    select: ({ index }) => {
      if (index !== hdu.index) return index > hdu.index ? 'stop' : 'pass';
      return (piece) => {
        for (let at = 0; at < piece.length; ) {
          const taken = piece.subarray(at, at + batch.length - filled);
          batch.set(taken, filled);
          filled += taken.length;
          at += taken.length;
          if (filled === batch.length) flush();
        }
      };
    },
    onHdu: () => undefined,
    signal,
  });
  flush();
}

function tableOf(hdu: HduFacts, rows: Uint8Array, count: number): BinTable {
  const header = hdu.header.clone();
  header.set('NAXIS2', count);
  header.set('PCOUNT', 0);
  return new BinTable(header, rows, new Uint8Array(0), hdu.place.uri);
}
