import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type CardEntry, Header } from '../../src/fits/index.ts';

const BLOCK = 2880;

/** A header as it stands in a file, whatever its cards say of the data behind it. */
export function headerBlock(cards: readonly CardEntry[]): Uint8Array {
  const header = new Header();
  for (const [keyword, value] of cards) header.set(keyword, value);
  return header.encode();
}

export const PRIMARY: Uint8Array = headerBlock([
  ['SIMPLE', true],
  ['BITPIX', 8],
  ['NAXIS', 0],
]);

/** The header of a binary table whose columns are given as name and TFORM. */
export function tableHeaderBlock(
  name: string,
  rowBytes: number,
  rows: number,
  columns: readonly [string, string][],
): Uint8Array {
  const cards = columns.flatMap(([column, form], i): CardEntry[] => [
    [`TTYPE${i + 1}`, column],
    [`TFORM${i + 1}`, form],
  ]);
  return headerBlock([
    ['XTENSION', 'BINTABLE'],
    ['BITPIX', 8],
    ['NAXIS', 2],
    ['NAXIS1', rowBytes],
    ['NAXIS2', rows],
    ['PCOUNT', 0],
    ['GCOUNT', 1],
    ['TFIELDS', columns.length],
    ...cards,
    ['EXTNAME', name],
  ]);
}

const ZERO_PIECE = 64 * 1024 * 1024;

/** A gzip file of some bytes and many zeros behind them: a thousandth of what is in it. */
export function bomb(begin: readonly Uint8Array[], zeros: number): Uint8Array {
  const padded = Math.ceil(zeros / BLOCK) * BLOCK;
  const piece = gzipSync(Buffer.alloc(Math.min(ZERO_PIECE, padded)));
  const pieces = Array.from({ length: Math.floor(padded / ZERO_PIECE) }, () => piece);
  return Buffer.concat([gzipSync(Buffer.concat(begin)), ...pieces, gzipSync(Buffer.alloc(padded % ZERO_PIECE))]);
}

/** A gzip file of this many HDUs without data, 2880 bytes each; it is made without holding what is in it. */
export function manyHdus(count: number): Uint8Array {
  const hdu = headerBlock([
    ['XTENSION', 'IMAGE'],
    ['BITPIX', 8],
    ['NAXIS', 0],
  ]);
  const piece = gzipSync(Buffer.concat(Array.from({ length: 1000 }, () => hdu)));
  return Buffer.concat([gzipSync(PRIMARY), ...Array.from({ length: count / 1000 }, () => piece)]);
}

/** The columns of the smallest HDU index: one byte a row, and no file named. */
export const TINY_HDU_COLUMNS: readonly [string, string][] = [
  ['OBS_ID', '1B'],
  ['FILE_DIR', '0A'],
  ['FILE_NAME', '0A'],
];

export async function writeStoreFile(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(directory, name), bytes);
}

/** Megabytes by which the memory of this process has grown at most while something was done. */
export async function growthMb(action: () => Promise<unknown>): Promise<number> {
  resetPeak();
  const before = peakKilobytes();
  await action();
  return (peakKilobytes() - before) / 1024;
}

/** Lets the system forget how large this process was. @see proc(5), clear_refs */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Without it an earlier peak hides a lower one; the first measurement of a process is right even so.
  }
}

function peakKilobytes(): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}
