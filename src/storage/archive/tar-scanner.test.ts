import fc from 'fast-check';
import { Header } from 'tar/header';
import { describe, expect, it } from 'vitest';
import { IactError } from '../../core/index.ts';
import { StreamScan } from './stream-scan.ts';
import { type TarMember, TarScanner } from './tar-scanner.ts';
import { END, memberBlocks, paxBlocks } from './testing/tar-blocks.ts';

interface Outcome {
  readonly members: TarMember[];
  readonly error: string | undefined;
}

function outcomeOf(act: (scanner: TarScanner) => void): Outcome {
  const members: TarMember[] = [];
  const visitor = { onMember: (member: TarMember) => members.push(member), onNote: () => undefined };
  try {
    act(new TarScanner('x.tar', Header, visitor));
    return { members, error: undefined };
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    return { members, error: error.message };
  }
}

function scanAt(archive: Buffer): Outcome {
  return outcomeOf((scanner) => {
    for (let piece = scanner.next; piece !== undefined; piece = scanner.next) {
      const bytes = archive.subarray(piece.position, piece.position + piece.sizeBytes);
      if (bytes.length < piece.sizeBytes) scanner.end(archive.length);
      scanner.take(bytes);
    }
  });
}

function scanStream(archive: Buffer, chunkBytes: number): Outcome {
  return outcomeOf((scanner) => {
    const scan = new StreamScan(scanner);
    for (let at = 0; at < archive.length; at += chunkBytes) scan.see(archive.subarray(at, at + chunkBytes));
    scan.end();
  });
}

const archive = Buffer.concat([
  memberBlocks({ name: 'data/', type: '5' }),
  memberBlocks({ name: 'data/a', body: 'a'.repeat(700) }),
  paxBlocks({ path: 'data/b', size: '9', mtime: '12.5' }),
  memberBlocks({ name: 'short', body: '123456789' }),
  memberBlocks({ name: 'L', type: 'L', body: 'data/long\0' }),
  memberBlocks({ name: 'data/l', body: '' }),
  memberBlocks({ name: 'data/c', type: '2', link: 'a' }),
  END,
]);

describe('TarScanner', () => {
  it('finds the same in a file and in a stream, however it is cut into chunks', () => {
    const whole = scanAt(archive);
    expect(whole.error).toBeUndefined();
    expect(whole.members.map(({ name }) => name)).toEqual(['data/', 'data/a', 'data/b', 'data/long', 'data/c']);
    for (const chunkBytes of [1, 7, 511, 512, 513, 100_000]) expect(scanStream(archive, chunkBytes)).toEqual(whole);
  });

  it('throws nothing but its own errors, and ends, whatever the bytes are', () => {
    const change = fc.tuple(fc.nat(archive.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), fc.nat(archive.length), fc.boolean(), (changes, cut, sign) => {
        const bytes = Buffer.from(archive);
        for (const [at, value] of changes) bytes[at] = value;
        if (sign) signHeaders(bytes);
        const found = scanAt(bytes.subarray(0, cut));
        expect(scanStream(bytes.subarray(0, cut), 700)).toEqual(found);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Makes the checksums right again, so that changes are seen by what comes after. */
function signHeaders(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; at += 512) {
    const block = bytes.subarray(at, at + 512);
    if (block.toString('latin1', 257, 262) !== 'ustar') continue;
    block.fill(' ', 148, 156);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  }
}
