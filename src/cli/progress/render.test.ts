import fc from 'fast-check';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../terminal-text.ts';
import { type Canvas, renderProgress } from './render.ts';
import type { Progress } from './state.ts';

const MB = 1_000_000;
const plain = picocolors.createColors(false);

const HALF: Progress = {
  phase: 'Copying',
  filesDone: 41,
  filesTotal: 105,
  doneBytes: 23.6 * MB,
  totalBytes: 62 * MB,
  sizedBytes: 62 * MB,
  unsizedFiles: 0,
  handled: 40,
  handledBytes: 23 * MB,
  kept: 1,
  failed: 0,
  fraction: 0.38,
  bytesPerSecond: 77 * MB,
  secondsLeft: 725,
  elapsedSeconds: 3,
  current: [
    { path: 'data/hess_dl3_dr1_obs_id_020136.fits.gz', doneBytes: 120 * MB, totalBytes: 260 * MB },
    { path: 'data/small.fits', doneBytes: 1, totalBytes: 2 },
  ],
};

const draw = (columns: number, progress: Partial<Progress> = {}, canvas: Partial<Canvas> = {}): string[] =>
  renderProgress({ ...HALF, ...progress }, { columns, rows: 20, colors: plain, unicode: true, ...canvas });

describe('renderProgress()', () => {
  it('shows all there is in a wide terminal', () => {
    expect(draw(120)).toEqual([
      'Copying  [██████████▋                 ]   38 %  41/105 files  23.6/62.0 MB  77 MB/s  12 min 05 s left',
      expect.stringMatching(/^ {2}\[███▋ {4}\] {3}46 % {2}data\/hess_dl3_dr1_obs_id_020136\.fits\.gz +120\/260 MB$/),
    ]);
  });

  it('tells of no files before there is a plan', () => {
    const archive = { phase: 'Unpacking', filesDone: 0, filesTotal: 0, current: [] };
    expect(draw(120, archive)).toEqual([
      'Unpacking  [██████████▋                 ]   38 %  23.6/62.0 MB  77 MB/s  12 min 05 s left',
    ]);
    expect(draw(40, archive)).toEqual([' 38 %  77 MB/s  12 min 05 s left']);
  });

  it('marks what is an estimate, as long as not all sizes are known', () => {
    expect(draw(120, { unsizedFiles: 3, current: [] })[0]).toMatch(
      / ~38 % {2}41\/105 files {2}23\.6\/~62\.0 MB {2}77 MB\/s {2}12 min 05 s left$/,
    );
    expect(draw(20, { unsizedFiles: 3, current: [] })).toEqual([' ~38 %  12 min 05 s'.slice(1)]);
    const unknown = { totalBytes: 0, sizedBytes: 0, unsizedFiles: 105, bytesPerSecond: undefined, current: [] };
    expect(draw(120, unknown)[0]).toMatch(/ {3}38 % {2}41\/105 files {2}12 min 05 s left$/);
  });

  it('leaves out what matters least in a narrower one', () => {
    expect(draw(80)[0]).toBe('Copying  [██▎   ]   38 %  41/105 files  23.6/62.0 MB  77 MB/s  12 min 05 s left');
    expect(draw(40)).toEqual([' 38 %  77 MB/s  12 min 05 s left', '   46 %  data/hess…bs_id_020136.fits.gz']);
    expect(draw(20)).toEqual([' 38 %  12 min 05 s', '   46 %  dat…its.gz']);
  });

  it('uses ASCII where the terminal has no more, and no colours unless asked', () => {
    expect(draw(120, { current: [] }, { unicode: false })[0]).toMatch(/^[ -~]*\[#{10} +\]/);
    expect(draw(40, {}, { unicode: false })[1]).toBe('   46 %  data/hess~bs_id_020136.fits.gz');
    expect(draw(120, { failed: 2, current: [] }, { colors: picocolors.createColors(true) })[0]).toContain(
      '\x1b[31m  2 failed\x1b[39m',
    );
  });

  it('says what it does before there is a plan', () => {
    expect(draw(80, { filesTotal: 0, filesDone: 0, totalBytes: 0, current: [] })).toEqual(['Copying ...']);
    expect(draw(80, { filesTotal: 0, filesDone: 0, totalBytes: 0, current: [], phase: undefined })).toEqual([
      'Working ...',
    ]);
  });

  it('lists no more files than there is room for', () => {
    const current = Array.from({ length: 9 }, (_, i) => ({ path: `f${i}`, doneBytes: 0, totalBytes: 50 * MB }));
    expect(draw(80, { current })).toHaveLength(5);
    expect(draw(80, { current }, { rows: 3 })).toHaveLength(3);
    expect(draw(80, { current }, { rows: 1 })).toHaveLength(1);
  });

  it('never fills the last column, and obeys no file name', () => {
    const path = fc.string({ unit: 'grapheme', maxLength: 80 });
    const number = fc.double({ min: 0, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), path, number, number, (columns, name, one, other) => {
        const current = [{ path: `\x1b[2J\n${name}`, doneBytes: Math.min(one, other), totalBytes: 1e7 + one + other }];
        const lines = draw(columns, { current, bytesPerSecond: one, secondsLeft: other, failed: 3, phase: name });
        for (const line of lines) {
          expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
          expect(textWidth(line)).toBeLessThanOrEqual(Math.max(1, columns - 1));
        }
      }),
    );
  });
});
