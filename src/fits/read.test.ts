import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { IactError } from '../core/index.ts';
import { buildTable } from './build.ts';
import type { Hdu } from './hdu.ts';
import { MAX_HEADER_CARDS } from './header.ts';
import { readFits } from './read.ts';
import { chunked, headerBytes, inflate, joinBytes, readBytes, tableFile } from './testing/files.ts';

const PRIMARY = ['SIMPLE  =                    T', 'BITPIX  =                    8', 'NAXIS   =                    0'];
const numbers = Float64Array.from({ length: 1000 }, (_, i) => i);
const table = buildTable({ name: 'EVENTS', columns: [{ name: 'X', form: 'D', values: numbers }] });
const FILE = tableFile(table);

function image(axes: readonly number[], extra: readonly string[] = []): string[] {
  const lengths = axes.map((length, i) => `NAXIS${i + 1}  = ${length}`);
  return ["XTENSION= 'IMAGE   '", 'BITPIX  = -32', `NAXIS   = ${axes.length}`, ...lengths, ...extra];
}

async function failure(bytes: Uint8Array, options: Parameters<typeof readBytes>[1] = {}): Promise<IactError> {
  return (await readBytes(bytes, options).catch((error: unknown) => error)) as IactError;
}

function shape(hdus: readonly Hdu[]): unknown[] {
  return hdus.map(({ index, kind, name, dataBytes, data }) => [index, kind, name, dataBytes, data?.length]);
}

describe('readFits()', () => {
  it.each([1, 79, 2880, 1 << 20])('readFits() reads HDUs from chunks of %i bytes', async (length) => {
    const hdus = await readFits(chunked(FILE, length), { uri: 'x.fits', inflate });
    expect(shape(hdus)).toEqual([
      [0, 'image', '', 0, 0],
      [1, 'bintable', 'EVENTS', 8000, 8000],
    ]);
    expect(hdus[1]?.data).toEqual(table.rows);
  });

  it('readFits() recognises gzip by content, and takes several members', async () => {
    const half = 4000;
    const members = [gzipSync(FILE.subarray(0, half)), gzipSync(FILE.subarray(half))];
    for (const sourceBytes of [undefined, 2 * FILE.length]) {
      const hdus = await readBytes(joinBytes(members), { sourceBytes });
      expect(hdus[1]?.data).toEqual(table.rows);
    }
  });

  it('readFits() tells kinds and names of extensions', async () => {
    const extensions = [
      image([2, 3], ["EXTNAME = 'MAP  '"]),
      [
        "XTENSION= 'TABLE   '",
        'BITPIX  = 8',
        'NAXIS   = 2',
        'NAXIS1  = 10',
        'NAXIS2  = 1',
        'PCOUNT  = 0',
        'GCOUNT  = 1',
      ],
      ["XTENSION= 'FOREIGN '", 'BITPIX  = 16', 'NAXIS   = 1', 'NAXIS1  = 3', 'PCOUNT  = 4', 'GCOUNT  = 2'],
    ];
    const bytes = joinBytes([
      headerBytes(PRIMARY),
      ...extensions.flatMap((each) => [headerBytes(each), new Uint8Array(2880)]),
    ]);
    expect(shape(await readBytes(bytes))).toEqual([
      [0, 'image', '', 0, 0],
      [1, 'image', 'MAP', 24, 24],
      [2, 'asciitable', '', 10, 10],
      [3, 'other', '', 28, 28],
    ]);
  });

  it('readFits() counts the data of random groups without their first axis', async () => {
    const header = ['SIMPLE  = T', 'BITPIX  = 16', 'NAXIS   = 3', 'NAXIS1  = 0', 'NAXIS2  = 4', 'NAXIS3  = 5'];
    const bytes = joinBytes([
      headerBytes([...header, 'GROUPS  = T', 'PCOUNT  = 6', 'GCOUNT  = 7']),
      new Uint8Array(2880),
    ]);
    expect(shape(await readBytes(bytes))).toEqual([[0, 'image', '', 2 * 7 * (6 + 20), 364]]);
  });

  it('readFits() passes over what is skipped and reads nothing behind the HDU that stops', async () => {
    const three = joinBytes([FILE, FILE.subarray(2880)]);
    const skipped = await readBytes(three, { select: ({ index }) => (index === 1 ? 'skip' : 'load') });
    expect(shape(skipped).slice(1)).toEqual([
      [1, 'bintable', 'EVENTS', 8000, undefined],
      [2, 'bintable', 'EVENTS', 8000, 8000],
    ]);
    let given = 0;
    let closed = false;
    async function* counted(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of chunked(three, 2880)) {
          given += chunk.length;
          yield chunk;
        }
      } finally {
        closed = true;
      }
    }
    const select = ({ index }: { index: number }): 'stop' | 'load' => (index === 1 ? 'stop' : 'load');
    const stopped = await readFits(counted(), { uri: 'x.fits', inflate, select });
    expect(shape(stopped)).toEqual([
      [0, 'image', '', 0, 0],
      [1, 'bintable', 'EVENTS', 8000, undefined],
    ]);
    expect(given).toBe(2 * 2880);
    expect(closed).toBe(true);
  });

  it('readFits() ignores what is no extension behind the last HDU, and padding that is missing', async () => {
    expect(await readBytes(joinBytes([FILE, new Uint8Array(5000).fill(0x58)]))).toHaveLength(2);
    expect(await readBytes(FILE.subarray(0, 2880 * 2 + 8000))).toHaveLength(2);
    expect(await readBytes(headerBytes(PRIMARY).subarray(0, 4 * 80))).toHaveLength(1);
  });

  it.each([
    ['', '"test.fits" is not a FITS file: it is empty, needed "SIMPLE  ="'],
    ['{"a": 1}', '"test.fits" is not a FITS file: it begins with "{\\"a\\": 1}", needed "SIMPLE  ="'],
    [PRIMARY[0] ?? '', '"test.fits" is truncated in HDU 0: its header ends after 30 bytes without an END record'],
  ])('readFits() refuses the text %s', async (text, message) => {
    expect(await failure(Uint8Array.from(Buffer.from(text)))).toMatchObject({
      code: 'bad-data',
      uri: 'test.fits',
      message,
    });
  });

  it('readFits() refuses truncated data, loaded or skipped, with or without knowledge of the size', async () => {
    const cut = FILE.subarray(0, 2880 * 2 + 7999);
    const message = '"test.fits" is truncated in HDU 1 ("EVENTS"): 7999 bytes of data found, 8000 needed';
    expect(await failure(cut)).toMatchObject({ code: 'bad-data', message });
    expect(await failure(cut, { select: () => 'skip' })).toMatchObject({ code: 'bad-data', message });
    expect((await failure(cut, { sourceBytes: cut.length })).message).toMatch(
      /at most 7999 bytes of data can be there, 8000/,
    );
    expect(await failure(FILE.subarray(0, 2880 + 100))).toMatchObject({
      message: '"test.fits" is truncated in HDU 1: its header ends after 100 bytes without an END record',
    });
  });

  it('readFits() refuses gzip that is broken, cut, or holds no FITS', async () => {
    const good = gzipSync(FILE);
    const broken = Uint8Array.from(good);
    broken.fill(0xff, 200, 260);
    for (const bytes of [good.subarray(0, good.length - 4), good.subarray(0, 300), broken, good.subarray(0, 2)]) {
      expect(await failure(Uint8Array.from(bytes))).toMatchObject({ code: 'bad-data', uri: 'test.fits' });
    }
    expect((await failure(gzipSync('no FITS'))).message).toMatch(/begins with "no FITS"/);
  });

  it('readFits() takes no memory for data that the source cannot hold', async () => {
    const header = joinBytes([headerBytes(PRIMARY), headerBytes(image([1_000_000, 1_000]))]);
    const plain = await failure(header, { sourceBytes: header.length });
    expect(plain.message).toMatch(/at most 0 bytes of data can be there, 4000000000 needed/);
    const packed = gzipSync(header);
    expect((await failure(packed, { sourceBytes: packed.length })).message).toMatch(/can be there, 4000000000 needed/);
    const before = process.memoryUsage().arrayBuffers;
    expect((await failure(header)).message).toMatch(/0 bytes of data found/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  it.each([
    [image([2 ** 31, 2 ** 31]), /size of the data, 18446744073709552000 bytes, is impossible/],
    [image([-1]), /NAXIS1 is -1, needed 0 or more/],
    [image([1], ['GCOUNT  = -1']), /GCOUNT is -1/],
    [image([1], ['PCOUNT  = -3']), /PCOUNT is -3/],
    [image([1]).filter((text) => !text.startsWith('NAXIS1')), /the keyword NAXIS1 is missing/],
    [image([1]).filter((text) => !text.startsWith('BITPIX')), /BITPIX is undefined/],
    [image([1]).map((text) => text.replace('-32', '12')), /BITPIX is 12/],
    [image([1]).map((text) => text.replace('NAXIS   = 1', 'NAXIS   = 1000')), /NAXIS is 1000, needed at most 999/],
    [image([1]).map((text) => text.replace('NAXIS1  = 1', "NAXIS1  = '1'")), /found '1', needed an integer/],
  ])('readFits() refuses the extension %j', async (records, message) => {
    const error = await failure(joinBytes([headerBytes(PRIMARY), headerBytes(records), new Uint8Array(2880)]));
    expect(error).toMatchObject({ code: 'bad-data' });
    expect(error.message).toMatch(message);
  });

  it('readFits() takes an axis of no length, whatever the others are', async () => {
    const bytes = joinBytes([headerBytes(PRIMARY), headerBytes(image([2 ** 40, 2 ** 40, 0]))]);
    expect(shape(await readBytes(bytes))[1]).toEqual([1, 'image', '', 0, 0]);
  });

  it('readFits() gives up on headers without end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield headerBytes(PRIMARY).subarray(0, 240);
      const blanks = new Uint8Array(80 * 1000).fill(0x20);
      for (;;) yield blanks;
    }
    const error = await readFits(endless(), { uri: 'x.fits', inflate }).catch((each: unknown) => each);
    expect(error).toMatchObject({
      message: expect.stringContaining(`no END record within ${MAX_HEADER_CARDS} records`),
    });
  });

  it('readFits() passes on what the source throws, also through gzip', async () => {
    const lost = new Error('connection lost');
    async function* failing(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
      yield* chunked(bytes.subarray(0, 1500), 500);
      throw lost;
    }
    await expect(readFits(failing(FILE), { uri: 'x.fits', inflate })).rejects.toBe(lost);
    const random = Uint8Array.from({ length: 8000 }, (_, i) => (i * 2654435761) >>> 13);
    const packed = gzipSync(joinBytes([FILE.subarray(0, 5760), random]));
    await expect(readFits(failing(packed), { uri: 'x.fits', inflate })).rejects.toBe(lost);
  });

  it('readFits() stops when its signal is aborted', async () => {
    const controller = new AbortController();
    const select = (): 'load' => {
      controller.abort();
      return 'load';
    };
    expect(await failure(FILE, { signal: controller.signal, select })).toMatchObject({ code: 'cancelled' });
    expect(await failure(FILE, { signal: AbortSignal.abort() })).toMatchObject({ code: 'cancelled' });
  });
});
