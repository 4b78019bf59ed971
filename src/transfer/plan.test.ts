import { describe, expect, it } from 'vitest';
import type { FileInfo } from '../storage/index.ts';
import { type Candidate, planCopy } from './plan.ts';

const info = (sizeBytes: number, identity: string, mtimeMs = 1000): FileInfo => ({
  kind: 'file',
  sizeBytes,
  mtimeMs,
  mode: 0o644,
  identity,
});

const candidate = (change: Partial<Candidate>): Candidate => ({
  path: 'data/x.fits',
  namedPath: 'data/x.fits',
  source: info(100, 'source'),
  destination: info(90, 'destination'),
  journal: undefined,
  incomplete: false,
  ...change,
});

const decide = (change: Partial<Candidate>, replace: boolean) => {
  const [file] = planCopy([candidate(change)], replace).files;
  return `${file?.action} ${file?.reason}`;
};

const journal = { path: 'data/x.fits', sizeBytes: 100, mtimeMs: 1000 };

describe('planCopy()', () => {
  it.each([
    ['copies what is absent', { destination: undefined }, 'copy absent', 'copy absent'],
    ['replaces, or keeps, what exists', {}, 'copy replace', 'keep exists'],
    ['never copies a file onto itself', { destination: info(100, 'source') }, 'keep same-file', 'keep same-file'],
    ['completes what was left incomplete', { incomplete: true }, 'copy incomplete', 'copy incomplete'],
    [
      'does not fetch again what an interrupted copy has brought',
      { destination: info(100, 'destination'), journal },
      'keep fetched-before',
      'keep fetched-before',
    ],
    [
      'fetches again what changed at the source since',
      { source: info(100, 'source', 2000), destination: info(100, 'destination'), journal },
      'copy replace',
      'keep exists',
    ],
    [
      'does not take a file changed here since for the one it has brought',
      { destination: info(100, 'destination', 5000), journal },
      'copy replace',
      'keep exists',
    ],
  ] as const)('%s', (_, change, replacing, keeping) => {
    expect(decide(change, true)).toBe(replacing);
    expect(decide(change, false)).toBe(keeping);
  });

  it('sums the bytes', () => {
    const plan = planCopy([candidate({ destination: undefined }), candidate({})], false);
    expect([plan.totalBytes, plan.copyBytes]).toEqual([200, 100]);
  });
});
