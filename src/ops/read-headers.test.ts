import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { type BinTable, buildTable } from '../fits/index.ts';
import { LocalSource, type ReadOptions } from '../storage/index.ts';
import { type ReadHeader, readHeaders } from './read-headers.ts';

const ROWS = 1_500_000;
const table = (name: string, rows: number): BinTable =>
  buildTable({ name, columns: [{ name: 'X', form: '1D', values: new Float64Array(rows) }] });

/** A source that counts the bytes that were asked of it. */
class CountingSource extends LocalSource {
  bytesRead = 0;

  override async *read(path: string, options?: ReadOptions): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of super.read(path, options)) {
      this.bytesRead += chunk.length;
      yield chunk;
    }
  }
}

async function fileWith(tables: readonly BinTable[]) {
  const folder = await tempDirectory();
  await writeTables(join(folder, 'x.fits'), tables);
  const source = new CountingSource(folder);
  const info = await source.stat('x.fits');
  if (info === undefined) throw new Error('not written');
  return { source, file: { path: 'x.fits', info }, size: (await stat(join(folder, 'x.fits'))).size };
}

const rowsIn = (headers: readonly ReadHeader[]) =>
  headers.map((header) => (header instanceof IactError ? header.message : header.integer('NAXIS2')));

describe('readHeaders()', () => {
  it('readHeaders() gives the headers in the order of the names, in any case, and one twice', async () => {
    const { source, file } = await fileWith([table('EVENTS', 1), table('AEFF', 2)]);
    const headers = await readHeaders(source, file, ['aeff', 'EVENTS', '2', 'aeff']);
    expect(rowsIn(headers)).toEqual([2, 1, 2, 2]);
  });

  it('readHeaders() ends the reading with the last header that it needs', async () => {
    const { source, file, size } = await fileWith([table('AEFF', 1), table('EVENTS', ROWS)]);
    await readHeaders(source, file, ['EVENTS', 'AEFF']);
    expect(source.bytesRead).toBeLessThan(size / 2);
  });

  it('readHeaders() passes over the data of a plain file', async () => {
    const { source, file, size } = await fileWith([table('EVENTS', ROWS), table('AEFF', 1)]);
    expect(rowsIn(await readHeaders(source, file, ['EVENTS', 'AEFF']))).toEqual([ROWS, 1]);
    expect(source.bytesRead).toBeLessThan(size / 2);
  });

  it('readHeaders() names the HDU that is not there, and gives the others', async () => {
    const { source, file } = await fileWith([table('EVENTS', 1)]);
    const found = await readHeaders(source, file, ['EVENTS', 'PSF']);
    expect(rowsIn(found)).toEqual([1, expect.stringMatching(/x\.fits" holds no HDU "PSF"\.$/)]);
  });

  it('readHeaders() gives the headers before the place where a file breaks off', async () => {
    const { source, file, size } = await fileWith([table('EVENTS', 1), table('AEFF', ROWS), table('PSF', 1)]);
    await truncate(join(source.uri, 'x.fits'), size / 2);
    const info = await source.stat('x.fits');
    if (info === undefined) throw new Error('not written');
    const found = await readHeaders(source, { ...file, info }, ['EVENTS', 'AEFF', 'PSF']);
    expect(rowsIn(found)).toEqual([1, ROWS, expect.stringMatching(/x\.fits" is truncated in /)]);
  });
});
