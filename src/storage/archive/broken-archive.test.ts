import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import { LocalSource } from '../local-source.ts';
import { bytesOf } from '../testing/conformance.ts';
import { ArchiveSource } from './archive-source.ts';
import { openBlocks, WAYS } from './testing/open-blocks.ts';
import { END, memberBlocks, paxBlocks } from './testing/tar-blocks.ts';

describe('ArchiveSource.open()', () => {
  const good = memberBlocks({ name: 'a', body: bytesOf(1000) });
  const bad: [name: string, blocks: Uint8Array[], byte: number][] = [
    ['a file that is no archive', [bytesOf(2000)], 0],
    ['an empty file', [], 0],
    ['a wrong checksum', [good, memberBlocks({ name: 'b', checksum: '000001\0 ' }), END], 1536],
    ['an end within a member', [good.subarray(0, 900)], 900],
    ['an end within the padding', [good.subarray(0, 1520)], 1520],
    ['an end within a header', [good, good.subarray(0, 100)], 1636],
    ['an end between members', [good, good], 3072],
    ['a negative size', [good, memberBlocks({ name: 'b', size: Buffer.alloc(12, 0xff) }), END], 1536],
    ['a size that no number can hold', [good, memberBlocks({ name: 'b', size: Buffer.alloc(12, 0x80) }), END], 1536],
    ['a sparse file of GNU', [good, memberBlocks({ name: 'b', type: 'S' }), END], 1536],
    ['a sparse file of pax', [good, paxBlocks({ 'GNU.sparse.major': '1' }), memberBlocks({ name: 'b' }), END], 2048],
    ['a piece of several archives', [memberBlocks({ name: 'b', type: 'M', body: 'rest' }), END], 0],
    ['broken pax records', [memberBlocks({ name: 'x', type: 'x', body: '99 path=a\n' }), good, END], 512],
    ['a wrong size in pax', [paxBlocks({ size: '-4' }), good, END], 512],
    ['a pax header that never ends', [memberBlocks({ name: 'x', type: 'x', size: '77777777777\0' }), END], 0],
    ['a pax header without a member', [paxBlocks({ path: 'b' }), END], 1024],
  ];
  for (const [name, blocks, byte] of bad) {
    for (const how of WAYS) {
      it(`refuses ${name} and names the byte (${how})`, async () => {
        await expect(openBlocks(blocks, how)).rejects.toMatchObject({
          code: 'bad-data',
          message: expect.stringContaining(`at byte ${byte}:`),
        });
      });
    }
  }

  it('refuses compressed data that are cut or broken, and names the byte', async () => {
    const folder = await tempDirectory();
    const noise = memberBlocks({ name: 'a', body: bytesOf(300_000) });
    const whole = gzipSync(Buffer.concat([noise, END]));
    const broken = Buffer.from(whole);
    broken.fill(0x55, whole.length - 8);
    for (const bytes of [whole.subarray(0, 200_000), whole.subarray(0, -4), broken]) {
      await writeFile(join(folder, 'x.tgz'), bytes);
      await expect(ArchiveSource.open(new LocalSource(folder), 'x.tgz')).rejects.toMatchObject({
        code: 'bad-data',
        message: expect.stringMatching(new RegExp(`before byte ${bytes.length}: the compressed data are broken`)),
      });
    }
  });
});
