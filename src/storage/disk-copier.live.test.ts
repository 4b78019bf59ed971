import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { itNeeds } from '../../test/support/require.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { DiskCopier } from './disk-copier.ts';
import type { DiskCopyRequest } from './disk-copy.ts';

/** The compiled module, beside which the code of its threads stands. */
const COMPILED = new URL('../../dist/src/storage/disk-copier.js', import.meta.url);
const isThreaded = existsSync(COMPILED) && availableParallelism() > 1;
const compiled = { what: 'the compiled modules (npm run build), and two processors', present: isThreaded };

async function openCompiled(): Promise<{ copier: DiskCopier; threads: Worker[] }> {
  const threads: Worker[] = [];
  const note = (worker: Worker): unknown => threads.push(worker);
  process.on('worker', note);
  const module = (await import(pathToFileURL(COMPILED.pathname).href)) as { DiskCopier: typeof DiskCopier };
  const copier = new module.DiskCopier();
  copier.expect(1000);
  // The process tells of a new thread in its next turn.
  await nextTurn();
  onTestFinished(async () => {
    process.off('worker', note);
    await copier.close();
  });
  return { copier, threads };
}

async function batches(root: string, count: number, perBatch: number): Promise<DiskCopyRequest[][]> {
  await Promise.all(['from', 'to'].map((name) => mkdir(join(root, name))));
  const request = async (name: string): Promise<DiskCopyRequest> => {
    const from = join(root, 'from', name);
    await writeFile(from, `content of ${name} `.repeat(500));
    const target = join(root, 'to', name);
    return { from, uri: from, partial: target, target, withMd5: true };
  };
  const batch = (first: number) =>
    Promise.all(Array.from({ length: perBatch }, (_, index) => request(`${first * perBatch + index}`)));
  return Promise.all(Array.from({ length: count }, (_, index) => batch(index)));
}

async function expectCopies(copier: DiskCopier, all: readonly DiskCopyRequest[][]): Promise<void> {
  const results = await Promise.all(all.map((batch) => copier.copy(batch)));
  for (const [position, batch] of all.entries()) {
    for (const [index, { from, target }] of batch.entries()) {
      const content = await readFile(from);
      const digests = { sha256: hash('sha256', content), md5: hash('md5', content) };
      expect(results[position]?.[index]).toMatchObject({ digests, source: { sizeBytes: content.length } });
      expect((await readFile(target)).equals(content)).toBe(true);
    }
  }
}

describe('DiskCopier', () => {
  it('copies in this thread alone, and tells of each file what became of it', async () => {
    const root = await tempDirectory();
    const [first = [], second = []] = await batches(root, 2, 3);
    const copier = new DiskCopier();
    await expectCopies(copier, [first]);
    const missing = { ...(second[1] as DiskCopyRequest), from: join(root, 'nowhere'), uri: 'nowhere' };
    const results = await copier.copy([second[0] as DiskCopyRequest, missing, second[2] as DiskCopyRequest]);
    expect(results[1]).toMatchObject({ code: 'not-found', message: '"nowhere" does not exist.' });
    expect([results[0], results[2]]).toEqual([
      expect.objectContaining({ digests: expect.anything() }),
      expect.objectContaining({ digests: expect.anything() }),
    ]);
  });

  itNeeds(compiled)('copies in several threads', async () => {
    const root = await tempDirectory();
    const all = await batches(root, 40, 5);
    const { copier, threads } = await openCompiled();
    expect(threads.length).toBeGreaterThan(0);
    const answered = Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('message', resolve))));
    await expectCopies(copier, all);
    await answered;
    const missing = { ...(all[0]?.[0] as DiskCopyRequest), from: join(root, 'no\nwhere'), uri: 'no\nwhere' };
    const told = await Promise.all(Array.from({ length: 30 }, () => copier.copy([missing])));
    const plain = { code: 'not-found', message: '"no\\nwhere" does not exist.', details: { uri: 'no\nwhere' } };
    expect(told).toEqual(Array(30).fill([expect.objectContaining({ ...plain, details: expect.anything() })]));
  });

  itNeeds(compiled)('does itself what a thread that ended has not done', async () => {
    const root = await tempDirectory();
    const all = await batches(root, 40, 5);
    const { copier, threads } = await openCompiled();
    expect(threads.length).toBeGreaterThan(0);
    const copied = expectCopies(copier, all);
    // Before it has answered to anything.
    await Promise.all(threads.map((thread) => thread.terminate()));
    await copied;
    await expectCopies(copier, all);
    expect((await readdir(join(root, 'to'))).length).toBe(200);
  });

  itNeeds(compiled)('starts no thread for a few files, and ends those that it started', async () => {
    const { copier, threads } = await openCompiled();
    const ended = Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))));
    await copier.close();
    await ended;
    const started = threads.length;
    copier.expect(10);
    expect(threads.length).toBe(started);
  });
});
