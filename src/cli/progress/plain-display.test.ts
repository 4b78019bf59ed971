import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../testing/virtual-terminal.ts';
import { PlainDisplay } from './plain-display.ts';

const MB = 1_000_000;

/** The lines that a copy of 100 files of 10 MB brings, and when they came. */
function linesOf(secondsPerFile: number): string[] {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const display = new PlainDisplay({ stream: { write: (text: string) => lines.push(text) }, clock });
  display.event({ type: 'phase', name: 'Copying' });
  display.event({ type: 'plan', files: 100, bytes: 1000 * MB });
  for (let i = 0; i < 100; i++) {
    clock.pass(secondsPerFile * 1000);
    display.event({ type: 'file', path: `${i}`, outcome: i === 0 ? 'failed' : 'copied', bytes: 10 * MB });
  }
  display.stop();
  expect(clock.running).toBe(0);
  return lines;
}

describe('PlainDisplay', () => {
  it('tells of every tenth', () => {
    const lines = linesOf(1);
    expect(lines[0]).toBe('Copying 10 %, 10/100 files, 0.10/1.00 GB, 9.0 MB/s, 1 min 40 s left, 1 failed\n');
    expect(lines.map((line) => /\d+ %/.exec(line)?.[0])).toEqual(
      [10, 20, 30, 40, 50, 60, 70, 80, 90].map((n) => `${n} %`),
    );
  });

  it('marks what is an estimate, as long as not all sizes are known', () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const display = new PlainDisplay({ stream: { write: (text: string) => lines.push(text) }, clock });
    display.event({ type: 'phase', name: 'Copying' });
    display.event({ type: 'plan', files: 4, bytes: 0, unsized: 4 });
    for (const path of ['a', 'b', 'c', 'd']) {
      clock.pass(5000);
      display.event({ type: 'sized', bytes: 10 * MB });
      display.event({ type: 'file', path, outcome: 'copied', bytes: 10 * MB });
    }
    display.stop();
    expect(lines.map((line) => line.split(', ').slice(0, 3).join(', '))).toEqual([
      'Copying ~25 %, 1/4 files, 10.0/~40.0 MB',
      'Copying ~50 %, 2/4 files, 20.0/~40.0 MB',
      'Copying ~75 %, 3/4 files, 30.0/~40.0 MB',
    ]);
  });

  it('tells of every tenth of each phase', () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const display = new PlainDisplay({ stream: { write: (text: string) => lines.push(text) }, clock });
    display.event({ type: 'phase', name: 'Unpacking' });
    for (const done of [5, 9]) {
      clock.pass(2000);
      display.event({ type: 'archive', path: 'a.tgz', done: done * MB, total: 10 * MB });
    }
    display.event({ type: 'phase', name: 'Copying' });
    display.event({ type: 'plan', files: 4, bytes: 40 * MB });
    clock.pass(2000);
    display.event({ type: 'file', path: 'a', outcome: 'copied', bytes: 10 * MB });
    display.stop();
    expect(lines).toEqual([
      'Unpacking 50 %, 5.0/10.0 MB, 2.5 MB/s, 2 s left\n',
      'Unpacking 90 %, 9.0/10.0 MB, 2.3 MB/s, 0 s left\n',
      'Copying 25 %, 1/4 files, 10.0/40.0 MB, 5.0 MB/s, 6 s left\n',
    ]);
  });

  it('says nothing while it pauses', () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const display = new PlainDisplay({ stream: { write: (text: string) => lines.push(text) }, clock });
    display.event({ type: 'plan', files: 2, bytes: 0 });
    display.pause();
    clock.pass(3_600_000);
    expect([lines, clock.running]).toEqual([[], 0]);
    display.event({ type: 'file', path: 'a', outcome: 'checked', bytes: 1 });
    expect(lines).toHaveLength(1);
    display.stop();
    expect(clock.running).toBe(0);
  });

  it('says nothing of what is done at once', () => {
    expect(linesOf(0.01)).toEqual([]);
  });

  it.each([10, 100, 1000, 3600])('takes few lines where a file takes %d s', (secondsPerFile) => {
    const lines = linesOf(secondsPerFile);
    expect(lines.length).toBeGreaterThanOrEqual(10);
    expect(lines.length).toBeLessThan(40);
  });

  it('speaks up while one file takes long, and before there is a plan', () => {
    const clock = new VirtualClock();
    const lines: string[] = [];
    const display = new PlainDisplay({ stream: { write: (text: string) => lines.push(text) }, clock });
    display.event({ type: 'phase', name: 'Looking\x1b' });
    clock.pass(31_000);
    expect(lines).toEqual(['Looking\\u001b ...\n']);
    display.event({ type: 'plan', files: 1, bytes: 1000 * MB });
    clock.pass(200_000);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.at(-1)).toBe('Looking\\u001b 0 %, 0/1 files, 0.00/1.00 GB, 0 B/s\n');
    display.stop();
  });
});
