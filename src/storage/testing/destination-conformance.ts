import { describe, expect, it, onTestFinished } from 'vitest';
import type { Destination } from '../contract.ts';
import { isStagedName } from '../staged-name.ts';
import { bytesOf } from './conformance.ts';
import { allNamesIn, expectContent, namesIn, put } from './destination-steps.ts';
import { testParts } from './parts-conformance.ts';
import { testErrors, testRemoval } from './removal-conformance.ts';

/** What a kind of store can; the suite asks for no more, and for no less. */
export interface DestinationAbilities {
  /** Whether it keeps permission bits. */
  readonly mode: boolean;
  /** How fine a time of change is kept that it is given. */
  readonly mtime: 'milliseconds' | 'seconds' | 'none';
  /** Whether directories are things of their own, which nothing can lie below that is a file. */
  readonly directories: boolean;
  /** Whether parts are kept for a later attempt. */
  readonly parts: boolean;
}

/** An empty place to write to. */
export interface TestPlace {
  readonly destination: Destination;
  /** Opens the same place once more, as the next run does. */
  again(): Promise<Destination>;
  stop(): Promise<void>;
}

type Test = (name: string, body: () => Promise<void>) => void;
type OpenPlace = () => Promise<TestPlace>;

/**
 * The suite that every destination must pass.
 *
 * @param make an empty place; its root need not be there yet.
 */
export function destinationConformance(
  name: string,
  make: () => Promise<TestPlace>,
  abilities: DestinationAbilities,
  test: Test = it,
): void {
  const open: OpenPlace = async () => {
    const place = await make();
    const opened = [place.destination];
    onTestFinished(async () => {
      for (const destination of opened) await destination.close();
      await place.stop();
    });
    const again = async (): Promise<Destination> => {
      const destination = await place.again();
      opened.push(destination);
      return destination;
    };
    return { ...place, again };
  };

  describe(`${name}, as every destination`, () => {
    testPublishing(test, open);
    testContents(test, open);
    testAttributes(test, open, abilities);
    testInterruptions(test, open);
    if (abilities.parts) testParts(test, open);
    testRemoval(test, open, abilities.directories);
    if (abilities.directories) testErrors(test, open);
  });
}

function testPublishing(test: Test, open: OpenPlace): void {
  test('a file is visible when it is published, whole, and not before', async () => {
    const { destination } = await open();
    const content = bytesOf(300_000);
    const staged = await destination.stage('data/a.fits');
    await staged.write(content.slice(0, 100_000));
    expect(await destination.stat('data/a.fits')).toBeUndefined();
    await staged.write(content.slice(100_000));
    expect(await staged.seal({})).toBe(300_000);
    await staged.sync();
    expect(await destination.stat('data/a.fits')).toBeUndefined();
    await staged.publish();
    await destination.syncDirectory('data');
    expect(await destination.stat('data/a.fits')).toMatchObject({ kind: 'file', sizeBytes: 300_000 });
    await expectContent(destination, 'data/a.fits', content);
    expect(await namesIn(destination, 'data')).toEqual(['a.fits']);
  });

  test('a file that is there stays as it was until another replaces it whole', async () => {
    const { destination, again } = await open();
    await put(destination, 'a', bytesOf(50_000, 1));
    const staged = await destination.stage('a');
    await staged.write(bytesOf(10, 2));
    await staged.seal({});
    await staged.sync();
    await expectContent(await again(), 'a', bytesOf(50_000, 1));
    await staged.publish();
    await expectContent(destination, 'a', bytesOf(10, 2));
    expect(await namesIn(destination, '')).toEqual(['a']);
  });

  test('discard() leaves no trace, and the old file as it was', async () => {
    const { destination } = await open();
    await put(destination, 'old', bytesOf(5));
    for (const name of ['new', 'old']) {
      const written = await destination.stage(name);
      await written.write(bytesOf(400_000));
      await written.discard();
      const sealed = await destination.stage(name);
      await sealed.write(bytesOf(7));
      await sealed.seal({});
      await sealed.discard();
    }
    expect(await destination.stat('new')).toBeUndefined();
    expect(await allNamesIn(destination, '')).toEqual(['old']);
    await expectContent(destination, 'old', bytesOf(5));
  });

  test('an unfinished file has a name that no data file has', async () => {
    const { destination } = await open();
    const staged = await destination.stage('a');
    await staged.write(bytesOf(10));
    const names = await allNamesIn(destination, '');
    for (const name of names ?? []) expect(isStagedName(name), name).toBe(true);
    await staged.discard();
  });

  test('many files at once do not mix', async () => {
    const { destination } = await open();
    const paths = Array.from({ length: 40 }, (_, i) => `data/${i % 3}/f${i}`);
    await Promise.all(paths.map((path, i) => put(destination, path, bytesOf(20_000 + 997 * i, i))));
    for (const [i, path] of paths.entries()) await expectContent(destination, path, bytesOf(20_000 + 997 * i, i));
  });
}

function testContents(test: Test, open: OpenPlace): void {
  test('every byte of empty, small and large files arrives, in chunks of any size', async () => {
    const { destination } = await open();
    const large = bytesOf(9_000_001);
    await put(destination, 'empty', new Uint8Array(0));
    await put(destination, 'one', bytesOf(1));
    const staged = await destination.stage('large', { sizeBytes: large.length });
    const sizes = [1, 2879, 70_000, 3_000_000, 255 * 1024 + 1, 0, 32_768];
    for (let at = 0, i = 0; at < large.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      await staged.write(large.slice(at, at + size));
      at += size;
    }
    expect(await staged.seal({})).toBe(large.length);
    await staged.sync();
    await staged.publish();
    await expectContent(destination, 'empty', new Uint8Array(0));
    await expectContent(destination, 'one', bytesOf(1));
    await expectContent(destination, 'large', large);
  });

  test('names are kept as they are', async () => {
    const { destination } = await open();
    const names = [
      'b c',
      '100%',
      '%41',
      'a#b?c',
      'é ü',
      '日本',
      "it's",
      'a+b&c=d',
      'Zen [0, 30]',
      '-x',
      '~',
      'x'.repeat(200),
    ];
    for (const [i, name] of names.entries()) await put(destination, `d ${name.slice(0, 20)}/${name}`, bytesOf(10 + i));
    for (const [i, name] of names.entries()) {
      await expectContent(destination, `d ${name.slice(0, 20)}/${name}`, bytesOf(10 + i));
      expect((await namesIn(destination, `d ${name.slice(0, 20)}`)) ?? [name]).toEqual([name]);
    }
  });

  test('parents are made, also those of the root', async () => {
    const { destination } = await open();
    await Promise.all(['x/y/z/a', 'x/y/b', 'x/y/z/c'].map((path) => put(destination, path, bytesOf(3))));
    for (const path of ['x/y/z/a', 'x/y/b', 'x/y/z/c']) await expectContent(destination, path, bytesOf(3));
  });
}

function testAttributes(test: Test, open: OpenPlace, abilities: DestinationAbilities): void {
  test('mode and time of change are set where the store has them', async () => {
    const { destination } = await open();
    const mtimeMs = 1_500_000_000_123;
    await put(destination, 'a', bytesOf(10), { mode: 0o640, mtimeMs });
    await put(destination, 'read-only', bytesOf(10), { mode: 0o440, mtimeMs });
    await put(destination, 'read-only', bytesOf(11), { mode: 0o440, mtimeMs });
    const info = await destination.stat('a');
    if (abilities.mode) expect(info?.mode).toBe(0o640);
    if (abilities.mtime === 'milliseconds') expect(Math.round(info?.mtimeMs ?? 0)).toBe(mtimeMs);
    if (abilities.mtime === 'seconds') expect(info?.mtimeMs).toBe(1_500_000_000_000);
    expect((await destination.stat('read-only'))?.sizeBytes).toBe(11);
  });

  test('without attributes a file can be read by its owner', async () => {
    const { destination } = await open();
    await put(destination, 'a', bytesOf(10), {});
    const info = await destination.stat('a');
    if (abilities.mode) expect((info?.mode ?? 0) & 0o600).toBe(0o600);
    if (abilities.mode) expect((info?.mode ?? 0) & 0o133 & process.umask()).toBe(0);
  });
}

function testInterruptions(test: Test, open: OpenPlace): void {
  test('what an interrupted copy left is in nobody’s way', async () => {
    const { destination, again } = await open();
    const interrupted = await destination.stage('a');
    await interrupted.write(bytesOf(500_000, 1));
    const next = await again();
    await put(next, 'a', bytesOf(100, 2));
    await expectContent(next, 'a', bytesOf(100, 2));
    expect(await allNamesIn(next, '')).toEqual((await namesIn(next, '')) === undefined ? undefined : ['a']);
  });
}
