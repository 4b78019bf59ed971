import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildTable } from './build.ts';
import type { HduOutput } from './hdu.ts';
import { readFits } from './read.ts';
import { type RangedFile, readHeads } from './read-heads.ts';
import { chunked, inflate, joinBytes } from './testing/files.ts';
import { primaryHeader, writeFits } from './write.ts';

const big = buildTable({ name: 'BIG', columns: [{ name: 'X', form: 'D', values: new Float64Array(500_000) }] });
const cards = Array.from({ length: 200 }, (_, i) => [`KEY${i}`, i] as const);
const small = buildTable({ name: 'SMALL', columns: [{ name: 'Y', form: 'D', values: [1, 2] }], cards });
const hdus: HduOutput[] = [{ header: primaryHeader() }, ...[small, big, small, big].map((table) => table.toOutput())];
const FILE = joinBytes(writeFits(hdus));

/** A file in memory that counts what is read of it. */
function ranged(bytes: Uint8Array): RangedFile & { bytesRead: number } {
  const file = {
    sizeBytes: bytes.length,
    bytesRead: 0,
    async *read(start: number, end: number) {
      const part = bytes.subarray(start, end);
      file.bytesRead += part.length;
      yield* chunked(part, 10_000);
    },
  };
  return file;
}

const options = { uri: 'x.fits', inflate };

async function failure(bytes: Uint8Array): Promise<unknown> {
  return readHeads(ranged(bytes), options).catch((error: unknown) => error);
}

describe('readHeads()', () => {
  it('readHeads() gives what readFits() gives, and reads little of a plain file', async () => {
    const file = ranged(FILE);
    const heads = await readHeads(file, options);
    const whole = await readFits(chunked(FILE), { ...options, select: () => 'skip' });
    expect(heads.map(({ index, kind, name, dataBytes }) => [index, kind, name, dataBytes])).toEqual(
      whole.map(({ index, kind, name, dataBytes }) => [index, kind, name, dataBytes]),
    );
    expect(heads.map(({ header }) => header.encode())).toEqual(whole.map(({ header }) => header.encode()));
    expect(file.bytesRead).toBeLessThan(FILE.length / 20);
  });

  it('readHeads() recognises gzip by content, of one member and of several', async () => {
    const half = FILE.length >> 1;
    for (const bytes of [
      gzipSync(FILE),
      Buffer.concat([gzipSync(FILE.subarray(0, half)), gzipSync(FILE.subarray(half))]),
    ]) {
      expect((await readHeads(ranged(bytes), options)).map(({ name }) => name)).toEqual([
        '',
        'SMALL',
        'BIG',
        'SMALL',
        'BIG',
      ]);
    }
  });

  it('readHeads() expands no data behind the last header, whose end the file tells', async () => {
    let expanded = 0;
    const counting: typeof inflate = async function* (compressed) {
      for await (const chunk of inflate(compressed)) {
        expanded += chunk.length;
        yield chunk;
      }
    };
    await readHeads(ranged(gzipSync(FILE)), { uri: 'x.fits', inflate: counting });
    expect(expanded).toBeLessThan(FILE.length * 0.6);
  });

  it('readHeads() accepts a last block without its padding, and passes over what is no HDU behind the last', async () => {
    const unpadded = joinBytes(writeFits(hdus.slice(0, 2))).subarray(0, -2800);
    for (const bytes of [unpadded, gzipSync(unpadded), Buffer.concat([FILE, Buffer.from('more')])]) {
      expect((await readHeads(ranged(bytes), options)).length).toBeGreaterThan(1);
    }
  });

  it('readHeads() refuses what is cut within data or a header, plain and compressed', async () => {
    for (const cut of [100, 2880 + 5000, FILE.length - 5000, 4000]) {
      for (const bytes of [FILE.subarray(0, cut), gzipSync(FILE.subarray(0, cut))]) {
        expect(await failure(bytes), String(cut)).toMatchObject({ code: 'bad-data', message: /truncated/ });
      }
    }
    const compressed = gzipSync(FILE);
    for (const cut of [compressed.length - 4, compressed.length >> 1, 12]) {
      expect(await failure(compressed.subarray(0, cut)), String(cut)).toMatchObject({ code: 'bad-data' });
    }
  });

  it('readHeads() refuses what is no FITS, and passes on the errors of the file', async () => {
    expect(await failure(Buffer.from('hello'))).toMatchObject({ code: 'bad-data', message: /not a FITS file/ });
    expect(await failure(new Uint8Array(0))).toMatchObject({ code: 'bad-data', message: /it is empty/ });
    expect(await failure(gzipSync('hello'))).toMatchObject({ code: 'bad-data', message: /not a FITS file/ });
    const broken = new Error('disk');
    const file: RangedFile = {
      sizeBytes: 5000,
      // biome-ignore lint/correctness/useYield: it fails before there is anything to give.
      async *read() {
        throw broken;
      },
    };
    await expect(readHeads(file, options)).rejects.toBe(broken);
  });

  it('readHeads() ends when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(readHeads(ranged(FILE), { ...options, signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
