import { describe, expect, it } from 'vitest';
import type { FileInfo } from '../storage/index.ts';
import { type Candidate, type Overwrite, planCopy } from './plan.ts';

const info = (sizeBytes: number, identity: string, mtimeMs = 1000): FileInfo => ({
  kind: 'file',
  sizeBytes,
  mtimeMs,
  mode: 0o644,
  identity,
});

const candidate = (change: Partial<Candidate>): Candidate => ({
  path: 'data/x.fits',
  namedPaths: ['data/x.fits'],
  source: info(100, 'source'),
  destination: info(90, 'destination'),
  journal: undefined,
  incomplete: false,
  ...change,
});

const decide = (change: Partial<Candidate>, overwrite: Overwrite) => {
  const [file] = planCopy([candidate(change)], overwrite).files;
  return `${file?.action} ${file?.reason}`;
};

const journal = { path: 'data/x.fits', sizeBytes: 100, mtimeMs: 1000, sha256: 'abc' };

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
    expect(decide(change, 'always')).toBe(replacing);
    expect(decide(change, 'never')).toBe(keeping);
  });

  it.each([
    ['same size and time', { destination: info(100, 'destination') }, 'keep up-to-date', 'copy different'],
    ['another time', { destination: info(100, 'destination', 2000) }, 'copy different', 'copy different'],
    ['another size', {}, 'copy different', 'copy different'],
    ['no time', { source: { ...info(100, 's'), mtimeMs: undefined } }, 'copy different', 'copy different'],
    [
      'the same content with another time',
      { destination: info(100, 'destination', 2000), sameContent: true },
      'copy different',
      'keep same-content',
    ],
    ['nothing there', { destination: undefined }, 'copy absent', 'copy absent'],
  ] as const)('compares: %s', (_, change, bySizeAndTime, byContent) => {
    expect(decide(change, 'if-different')).toBe(bySizeAndTime);
    expect(decide(change, 'if-content-differs')).toBe(byContent);
  });

  it('knows what it has brought by its version where the source tells no time', () => {
    const source = { ...info(100, 's'), mtimeMs: undefined, version: '"a"' };
    const brought = { path: 'data/x.fits', sizeBytes: 100, version: '"a"', sha256: 'abc' };
    const destination = info(100, 'destination');
    expect(decide({ source, destination, journal: brought }, 'never')).toBe('keep fetched-before');
    expect(decide({ source: { ...source, version: '"b"' }, destination, journal: brought }, 'never')).toBe(
      'keep exists',
    );
  });

  it('does not trust the time of what was read in the second of its last change', () => {
    const destination = info(100, 'destination');
    const soon = { destination, journal: { ...journal, readMs: 1500 } };
    const [always, never, different] = (['always', 'never', 'if-different'] as const).map((overwrite) =>
      decide(soon, overwrite),
    );
    expect([always, never, different]).toEqual(['copy replace', 'keep fetched-before', 'copy uncertain']);
    expect(decide({ ...soon, sameContent: true }, 'if-content-differs')).toBe('keep same-content');
    expect(decide({ destination, journal: { ...journal, readMs: 9000 } }, 'always')).toBe('keep fetched-before');
    const noted = (readMs: number) => ({ noted: { sizeBytes: 100, readMs } });
    expect(decide({ destination, ...noted(1500) }, 'if-different')).toBe('copy uncertain');
    expect(decide({ destination, ...noted(9000) }, 'if-different')).toBe('keep up-to-date');
    // What an interrupted copy has brought since counts, and not what the manifest tells of the file before.
    expect(decide({ ...soon, ...noted(9000) }, 'if-different')).toBe('copy uncertain');
  });

  it.each([
    ['FAT, in two seconds', 5_123.25, 4_000],
    ['a server, in seconds', 5_123.25, 5_000],
    ['exFAT, in hundredths of a second', 5_123.25, 5_120],
    ['exFAT, in hundredths of a second from 5.119999 s,', 5_120, 5_110],
  ])('knows what has arrived by the time that was noted, though %s, keeps less of it', (_, mtimeMs, kept) => {
    const source = info(100, 'source', mtimeMs);
    const noted = { sizeBytes: 100, mtimeMs, readMs: 60_000 };
    const brought = { ...journal, mtimeMs, readMs: 60_000 };
    const there = { source, destination: info(100, 'destination', kept) };
    expect(decide({ ...there, noted }, 'if-different')).toBe('keep up-to-date');
    expect(decide({ ...there, journal: brought }, 'always')).toBe('keep fetched-before');
    // One that the source has changed within the same step, and one that was changed here.
    const later = { ...there, source: info(100, 'source', mtimeMs + 200) };
    expect(decide({ ...later, noted }, 'if-different')).toBe('copy different');
    expect(decide({ ...later, journal: brought }, 'always')).toBe('copy replace');
    const changed = { ...there, destination: info(100, 'destination', kept + 2_000) };
    expect(decide({ ...changed, noted }, 'if-different')).toBe('copy different');
    expect(decide({ ...changed, journal: brought }, 'always')).toBe('copy replace');
  });

  it('sums the bytes', () => {
    const plan = planCopy([candidate({ destination: undefined }), candidate({})], 'never');
    expect([plan.totalBytes, plan.copyBytes]).toEqual([200, 100]);
  });
});
