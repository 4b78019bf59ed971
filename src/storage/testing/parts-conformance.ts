import { expect } from 'vitest';
import type { Destination, StagedFile } from '../contract.ts';
import { bytesOf } from './conformance.ts';
import { allNamesIn, expectContent, put } from './destination-steps.ts';

/** The part of the suite for destinations that keep parts of a file for a later attempt. */
export function testParts(
  test: (name: string, body: () => Promise<void>) => void,
  open: () => Promise<{ readonly destination: Destination; again(): Promise<Destination> }>,
): void {
  const content = bytesOf(1_000_000);

  const keepTwoParts = async (destination: Destination): Promise<void> => {
    const { parts } = await destination.stage('data/a', { sizeBytes: content.length, resume: true });
    if (parts === undefined) throw new Error('a destination with parts gave none');
    await parts.write(600_000, content.slice(600_000, 800_000));
    await parts.write(0, content.slice(0, 300_000));
    await parts.keep();
  };

  test('parts outlive the run, and the rest can be written in any order', async () => {
    const { destination, again } = await open();
    await keepTwoParts(destination);
    await destination.close();
    const next = await again();
    expect(await next.stat('data/a')).toBeUndefined();
    const staged = await next.stage('data/a', { sizeBytes: content.length, resume: true });
    const { parts } = staged;
    expect(Buffer.compare(await partOf(staged, 0, 300_000), content.subarray(0, 300_000))).toBe(0);
    expect(Buffer.compare(await partOf(staged, 600_001, 800_000), content.subarray(600_001, 800_000))).toBe(0);
    expect((await partOf(staged, 700_000, 2_000_000)).length).toBe(100_000);
    await parts?.write(800_000, bytesOf(300_000, 9));
    await parts?.truncate(900_000);
    expect((await partOf(staged, 800_000, 2_000_000)).length).toBe(100_000);
    await Promise.all([
      parts?.write(300_000, content.slice(300_000, 600_000)),
      parts?.write(800_000, content.slice(800_000, 900_000)),
      parts?.write(900_000, content.slice(900_000)),
    ]);
    expect(await staged.seal({ mtimeMs: 1_500_000_000_000 })).toBe(content.length);
    await staged.sync();
    await staged.publish();
    await expectContent(next, 'data/a', content);
    expect((await allNamesIn(next, 'data')) ?? ['a']).toEqual(['a']);
  });

  test('parts that were kept are left behind by a copy that does not resume', async () => {
    const { destination, again } = await open();
    await keepTwoParts(destination);
    await put(await again(), 'data/a', bytesOf(10, 3));
    await expectContent(destination, 'data/a', bytesOf(10, 3));
    expect((await allNamesIn(destination, 'data')) ?? ['a']).toEqual(['a']);
  });

  test('write() after resuming begins at the beginning, and nothing old stays behind it', async () => {
    const { destination, again } = await open();
    await keepTwoParts(destination);
    const next = await again();
    const staged = await next.stage('data/a', { resume: true });
    await staged.write(bytesOf(10, 3));
    expect(await staged.seal({})).toBe(10);
    await staged.publish();
    await expectContent(next, 'data/a', bytesOf(10, 3));
  });

  test('discard() removes parts that were kept', async () => {
    const { destination, again } = await open();
    await keepTwoParts(destination);
    const next = await again();
    await (await next.stage('data/a', { resume: true })).discard();
    expect((await allNamesIn(next, 'data')) ?? []).toEqual([]);
    const staged = await next.stage('data/a', { resume: true });
    expect((await partOf(staged, 0, 10)).length).toBe(0);
    await staged.discard();
  });
}

async function partOf({ parts }: StagedFile, start: number, end: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of parts?.read(start, end) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}
