import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Hdu, HduOutput } from '../hdu.ts';
import type { CardEntry } from '../header.ts';
import { type Inflate, type ReadOptions, readFits } from '../read.ts';
import { BinTable } from '../table.ts';
import { primaryHeader, writeFits } from '../write.ts';

/** Node's gunzip, which takes several members and reports the errors of its source. */
export const inflate: Inflate = (compressed) => pipeline(Readable.from(compressed), createGunzip(), () => undefined);

/** Bytes as a source gives them, in chunks. */
export async function* chunked(bytes: Uint8Array, length = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

export function joinBytes(pieces: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from(Buffer.concat([...pieces]));
}

/** The HDUs of a file in memory named "test.fits". */
export function readBytes(bytes: Uint8Array, options: Partial<ReadOptions> = {}): Promise<Hdu[]> {
  return readFits(chunked(bytes), { uri: 'test.fits', inflate, ...options });
}

/** The file of an empty primary HDU and a table. */
export function tableFile(table: BinTable, primaryCards: readonly CardEntry[] = []): Uint8Array {
  const hdus: HduOutput[] = [{ header: primaryHeader(primaryCards) }, table.toOutput()];
  return joinBytes(writeFits(hdus));
}

/** The first table of a file in memory. */
export async function readTable(bytes: Uint8Array): Promise<BinTable> {
  const hdu = (await readBytes(bytes)).find((each) => each.kind === 'bintable');
  if (hdu === undefined) throw new Error('no table');
  return BinTable.fromHdu(hdu, 'test.fits');
}

/** A record of 80 characters. */
export function record(text: string): string {
  return text.padEnd(80);
}

/** Header blocks of records, END added. */
export function headerBytes(records: readonly string[]): Uint8Array {
  const text = [...records, 'END'].map(record).join('');
  return Uint8Array.from(Buffer.from(text.padEnd(Math.ceil(text.length / 2880) * 2880), 'latin1'));
}
