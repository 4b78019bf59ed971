import { expect } from 'vitest';
import { IactError } from '../../core/index.ts';
import type { Destination } from '../contract.ts';
import { bytesOf } from './conformance.ts';
import { allNamesIn, expectContent, put } from './destination-steps.ts';

type Test = (name: string, body: () => Promise<void>) => void;
type OpenPlace = () => Promise<{ readonly destination: Destination }>;

/** The part of the suite that removes. */
export function testRemoval(test: Test, open: OpenPlace, directories: boolean): void {
  test('remove() removes a file, and takes it that there is none', async () => {
    const { destination } = await open();
    await put(destination, 'data/a', bytesOf(10));
    await put(destination, 'data/b', bytesOf(10));
    await destination.remove('data/a');
    await destination.remove('data/a');
    expect(await destination.stat('data/a')).toBeUndefined();
    await expectContent(destination, 'data/b', bytesOf(10));
  });

  test('removeEmptyDirectory() removes no more than an empty directory', async () => {
    const { destination } = await open();
    await put(destination, 'data/x/a', bytesOf(10));
    await destination.removeEmptyDirectory('data/x');
    await expectContent(destination, 'data/x/a', bytesOf(10));
    await destination.remove('data/x/a');
    await destination.removeEmptyDirectory('data/x');
    await destination.removeEmptyDirectory('data/x');
    if (directories) expect(await destination.stat('data/x')).toBeUndefined();
    await put(destination, 'data/x/b', bytesOf(10));
    await expectContent(destination, 'data/x/b', bytesOf(10));
  });

  test('freeBytes() tells a number or that it cannot, also before anything was written', async () => {
    const { destination } = await open();
    const free = await destination.freeBytes();
    if (free !== undefined) expect(free).toBeGreaterThan(0);
  });
}

/** The part of the suite for destinations where a directory is no file, and a file no directory. */
export function testErrors(test: Test, open: OpenPlace): void {
  test('a path below a file is refused in words of ours, and the next file is taken', async () => {
    const { destination } = await open();
    await put(destination, 'file', bytesOf(10));
    const error = await destination.stage('file/below').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IactError);
    expect(error).toMatchObject({ code: 'unwritable', retryable: false });
    expect((error as IactError).message).toContain(destination.uriOf('file'));
    await put(destination, 'other', bytesOf(10));
  });

  test('a directory is not replaced by a file', async () => {
    const { destination } = await open();
    await put(destination, 'data/a', bytesOf(10));
    await expect(put(destination, 'data', bytesOf(10))).rejects.toMatchObject({ code: 'unwritable' });
    await expectContent(destination, 'data/a', bytesOf(10));
    expect(await allNamesIn(destination, '')).toEqual(['data']);
  });
}
