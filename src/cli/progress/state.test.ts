import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from './event.ts';
import { ProgressState } from './state.ts';

const MB = 1_000_000;

describe('ProgressState', () => {
  it('adds up files and bytes, and those of files under way', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'phase', name: 'Copying' }, 0);
    state.apply({ type: 'plan', files: 4, bytes: 10 * MB }, 0);
    state.apply({ type: 'file', path: 'kept', outcome: 'kept', bytes: MB }, 100);
    state.apply({ type: 'bytes', path: 'a', done: 2 * MB, total: 4 * MB }, 200);
    expect(state.at(300)).toMatchObject({
      phase: 'Copying',
      filesDone: 1,
      filesTotal: 4,
      doneBytes: 3 * MB,
      fraction: 0.3,
      kept: 1,
      bytesPerSecond: undefined,
      secondsLeft: undefined,
      current: [{ path: 'a', doneBytes: 2 * MB, totalBytes: 4 * MB }],
    });
    state.apply({ type: 'file', path: 'a', outcome: 'copied', bytes: 4 * MB }, 1900);
    state.apply({ type: 'file', path: 'b', outcome: 'failed', bytes: MB }, 2000);
    expect(state.at(2000)).toMatchObject({
      filesDone: 3,
      doneBytes: 6 * MB,
      handled: 1,
      handledBytes: 4 * MB,
      failed: 1,
      bytesPerSecond: 2 * MB,
      secondsLeft: 2,
      current: [],
    });
  });

  it('has the rate of the last ten seconds, without files that were kept', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'plan', files: 2, bytes: 1000 * MB }, 0);
    state.apply({ type: 'file', path: 'k', outcome: 'kept', bytes: 500 * MB }, 0);
    for (let second = 1; second <= 20; second++) {
      state.apply({ type: 'bytes', path: 'a', done: second * MB, total: 500 * MB }, second * 1000);
    }
    expect(state.at(20_000).bytesPerSecond).toBeCloseTo(MB, -4);
    for (let second = 21; second <= 40; second++) {
      state.apply({ type: 'bytes', path: 'a', done: (20 + (second - 20) * 4) * MB, total: 500 * MB }, second * 1000);
    }
    expect(state.at(40_000).bytesPerSecond).toBeCloseTo(4 * MB, -4);
    expect(state.at(40_000).secondsLeft).toBeCloseTo(100, 0);
    expect(state.at(60_000).bytesPerSecond).toBe(0);
    expect(state.at(60_000).secondsLeft).toBeUndefined();
  });

  it('has the rate of a phase, and not of the time before it', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'phase', name: 'Copying' }, 60_000);
    state.apply({ type: 'plan', files: 2, bytes: 100 * MB }, 60_000);
    state.apply({ type: 'bytes', path: 'a', done: 8 * MB, total: 50 * MB }, 62_000);
    expect(state.at(62_000)).toMatchObject({ bytesPerSecond: 4 * MB, secondsLeft: 23 });
    // The next dataset.
    state.apply({ type: 'phase', name: 'Copying' }, 62_000);
    expect(state.at(62_000).bytesPerSecond).toBe(4 * MB);
    state.apply({ type: 'phase', name: 'Comparing' }, 63_000);
    expect(state.at(63_500)).toMatchObject({ bytesPerSecond: undefined, secondsLeft: undefined });
  });

  it('tells of archives until there is a plan', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'phase', name: 'Unpacking' }, 0);
    state.apply({ type: 'archive', path: 'a', done: 10 * MB, total: 10 * MB }, 0);
    state.apply({ type: 'archive', path: 'b', done: 10 * MB, total: 30 * MB }, 2000);
    expect(state.at(2000)).toMatchObject({
      filesTotal: 0,
      doneBytes: 20 * MB,
      totalBytes: 40 * MB,
      sizedBytes: 40 * MB,
      fraction: 0.5,
      bytesPerSecond: 10 * MB,
      secondsLeft: 2,
    });
    state.apply({ type: 'phase', name: 'Copying' }, 2000);
    expect(state.at(2000)).toMatchObject({ doneBytes: 0, totalBytes: 0, fraction: 0 });
    state.apply({ type: 'plan', files: 4, bytes: 100 * MB }, 2000);
    expect(state.at(2000)).toMatchObject({
      doneBytes: 0,
      totalBytes: 100 * MB,
      fraction: 0,
      bytesPerSecond: undefined,
    });
  });

  it('goes back with a file that begins again, and counts what went over the line', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'plan', files: 1, bytes: 10 * MB }, 0);
    state.apply({ type: 'bytes', path: 'a', done: 8 * MB, total: 10 * MB }, 1000);
    state.apply({ type: 'bytes', path: 'a', done: 2 * MB, total: 10 * MB }, 2000);
    expect(state.at(2000)).toMatchObject({ doneBytes: 2 * MB, bytesPerSecond: 4 * MB });
  });

  it('has no rate of what was there before', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'plan', files: 1, bytes: 100 * MB }, 0);
    state.apply({ type: 'bytes', path: 'a', done: 80 * MB, total: 100 * MB, resumed: true }, 500);
    state.apply({ type: 'bytes', path: 'a', done: 84 * MB, total: 100 * MB }, 2000);
    expect(state.at(2000)).toMatchObject({ doneBytes: 84 * MB, bytesPerSecond: 2 * MB, secondsLeft: 8 });
  });

  it('counts files where sizes are not known', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'plan', files: 4, bytes: 0 }, 0);
    state.apply({ type: 'file', path: 'a', outcome: 'written', bytes: 0 }, 2000);
    expect(state.at(2000)).toMatchObject({ fraction: 0.25, secondsLeft: 6, bytesPerSecond: undefined });
  });

  it('takes files whose size is not known yet to be as large as the others', () => {
    const state = new ProgressState(0);
    state.apply({ type: 'plan', files: 4, bytes: 0, unsized: 4 }, 0);
    expect(state.at(0)).toMatchObject({ totalBytes: 0, sizedBytes: 0, unsizedFiles: 4, fraction: 0 });
    state.apply({ type: 'sized', bytes: 6 * MB }, 0);
    state.apply({ type: 'bytes', path: 'a', done: 6 * MB, total: 6 * MB }, 0);
    expect(state.at(0)).toMatchObject({ totalBytes: 24 * MB, sizedBytes: 6 * MB, unsizedFiles: 3, fraction: 0.25 });
    for (const bytes of [2 * MB, 4 * MB, 0]) state.apply({ type: 'sized', bytes }, 0);
    expect(state.at(0)).toMatchObject({ totalBytes: 12 * MB, sizedBytes: 12 * MB, unsizedFiles: 0, fraction: 0.5 });
  });

  it('is whole only when every file is done, and never more than that', () => {
    const size = fc.integer({ min: 0, max: 100 });
    const files = fc.array(fc.record({ bytes: size, steps: fc.array(size, { maxLength: 4 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(files, (list) => {
        const state = new ProgressState(0);
        state.apply({ type: 'plan', files: list.length, bytes: list.reduce((sum, { bytes }) => sum + bytes, 0) }, 0);
        for (const [i, { bytes, steps }] of list.entries()) {
          const path = String(i);
          const events: ProgressEvent[] = [
            ...steps.map((done) => ({ type: 'bytes', path, done: Math.min(done, bytes), total: bytes }) as const),
            { type: 'file', path, outcome: 'copied', bytes },
          ];
          for (const event of events) {
            expect(state.at(i).fraction).toBeLessThan(1);
            state.apply(event, i);
          }
        }
        expect(state.at(1000)).toMatchObject({ fraction: 1, current: [] });
      }),
    );
  });
});
