import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BinTable, type HduOutput, primaryHeader, readFits, writeFits } from '../../fits/index.ts';

/** Programs that run at the same time. */
const CONCURRENCY = 2;

/** Writes a FITS file with a primary header and these HDUs. */
export function writeTestFile(directory: string, name: string, hdus: readonly HduOutput[]): void {
  writeFileSync(join(directory, name), Buffer.concat([...writeFits([{ header: primaryHeader() }, ...hdus])]));
}

/**
 * CFITSIO's `fitscopy` on a file with filters in brackets: the table that it writes, or undefined where it fails.
 * @throws Error when it dies by a signal
 */
export async function fitscopy(directory: string, file: string): Promise<BinTable | undefined> {
  const child = spawn('fitscopy', [file, '-'], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { status, signal } = await new Promise<{ status: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, by) => resolve({ status: code, signal: by }));
  });
  if (signal !== null) throw new Error(`fitscopy '${file}' ended by ${signal}`);
  return status === 0 && chunks.length > 0 ? firstTable(Buffer.concat(chunks)) : undefined;
}

async function firstTable(bytes: Uint8Array): Promise<BinTable> {
  const source = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
  };
  const hdus = await readFits(source(), { uri: 'fitscopy', inflate: (compressed) => compressed });
  const table = hdus.find((hdu) => hdu.kind === 'bintable');
  if (table === undefined) throw new Error('fitscopy wrote no table');
  return BinTable.fromHdu(table, 'fitscopy');
}

/** Calls `work` for each item, a few at the same time. */
export async function forEachOf<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
