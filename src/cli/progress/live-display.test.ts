import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { VirtualClock, VirtualTerminal } from '../testing/virtual-terminal.ts';
import { LiveDisplay } from './live-display.ts';

const MB = 1_000_000;

function start(columns = 80): { clock: VirtualClock; terminal: VirtualTerminal; display: LiveDisplay } {
  const clock = new VirtualClock();
  const terminal = new VirtualTerminal(columns);
  const display = new LiveDisplay({
    stream: terminal,
    clock,
    colors: picocolors.createColors(true),
    unicode: true,
  });
  display.event({ type: 'phase', name: 'Copying' });
  display.event({ type: 'plan', files: 4, bytes: 100 * MB });
  return { clock, terminal, display };
}

/** The widths of a window that is dragged. */
function widthsBetween(from: number, to: number): number[] {
  const step = Math.sign(to - from) * 5;
  return Array.from({ length: Math.abs(to - from) / 5 }, (_, i) => from + (i + 1) * step);
}

describe('LiveDisplay', () => {
  it('draws in place', () => {
    const { clock, terminal, display } = start();
    for (let done = 10; done <= 30; done += 10) {
      clock.pass(1000);
      display.event({ type: 'bytes', path: 'big.fits', done: done * MB, total: 50 * MB });
    }
    clock.pass(100);
    const lines = terminal.screen().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^Copying {2}\[.+\] +30 % {2}0\/4 files {2}30\/100 MB {2}9\.7 MB\/s {2}7 s left$/);
    expect(lines[1]).toMatch(/60 % {2}big\.fits +30\.0\/50\.0 MB$/);
  });

  it('shows nothing while it pauses, and goes on with the next event', () => {
    const { clock, terminal, display } = start();
    clock.pass(100);
    display.pause();
    expect([terminal.screen(), clock.running]).toEqual(['', 0]);
    terminal.write('Shall I? y\n');
    clock.pass(1000);
    expect(terminal.screen()).toBe('Shall I? y');
    display.event({ type: 'phase', name: 'Repairing' });
    clock.pass(100);
    expect(terminal.screen()).toMatch(/^Shall I\? y\nRepairing /);
    display.stop();
    expect(clock.running).toBe(0);
  });

  it('draws no more than ten times a second, also when a work blocks the timer', () => {
    const { clock, terminal, display } = start();
    const before = terminal.writes;
    for (let i = 0; i < 1000; i++) {
      display.event({ type: 'bytes', path: 'a', done: i, total: 50 * MB });
      clock.pass(1);
    }
    expect(terminal.writes - before).toBeGreaterThanOrEqual(9);
    expect(terminal.writes - before).toBeLessThanOrEqual(11);
  });

  it('keeps the lines that pass above it', () => {
    const { clock, terminal, display } = start();
    display.event({ type: 'bytes', path: 'big.fits', done: 5 * MB, total: 50 * MB });
    clock.pass(100);
    display.print('first\n');
    clock.pass(500);
    display.print('second\nthird\n');
    clock.pass(100);
    const lines = terminal.screen().split('\n');
    expect(lines.slice(0, 3)).toEqual(['first', 'second', 'third']);
    expect(lines).toHaveLength(5);
    display.stop();
    expect(terminal.screen()).toBe('first\nsecond\nthird');
  });

  it('leaves nothing behind when it stops, and no timer', () => {
    const { clock, terminal, display } = start();
    clock.pass(1000);
    expect(clock.running).toBe(1);
    display.stop();
    display.stop();
    expect([terminal.screen(), clock.running]).toEqual(['', 0]);
    display.event({ type: 'file', path: 'late', outcome: 'copied', bytes: 1 });
    clock.pass(1000);
    display.print('error\n');
    expect([terminal.screen(), clock.running]).toEqual(['error', 0]);
  });

  it('overwrites nothing that others write meanwhile', () => {
    const { clock, terminal, display } = start();
    clock.pass(1000);
    terminal.write('ssh: connection lost\u001b[K\n');
    clock.pass(1000);
    display.stop();
    expect(terminal.screen()).toBe('ssh: connection lost');
  });

  it('is gone while the process is suspended, and there again afterwards', () => {
    const clock = new VirtualClock();
    const terminal = new VirtualTerminal(80);
    const calls = new Set<() => void>();
    const beforeSuspend = (call: () => void) => {
      calls.add(call);
      return () => void calls.delete(call);
    };
    const colors = picocolors.createColors(false);
    const display = new LiveDisplay({ stream: terminal, clock, colors, unicode: true, beforeSuspend });
    display.event({ type: 'phase', name: 'Copying' });
    for (const call of calls) call();
    expect(terminal.screen()).toBe('');
    clock.pass(100);
    expect(terminal.screen()).toBe('Copying ...');
    display.stop();
    expect([terminal.screen(), calls.size]).toEqual(['', 0]);
  });

  describe.each(['rewrap', 'cut'] as const)('in a terminal that changes its width (%s)', (how) => {
    it.each([
      [100, 60],
      [80, 40],
      [80, 20],
      [40, 120],
      [60, 5],
    ])('leaves nothing behind, and takes nothing away, from %i to %i columns', (from, to) => {
      const { clock, terminal, display } = start(from);
      display.print('top\n');
      display.event({ type: 'bytes', path: 'one-large-file.fits', done: 5 * MB, total: 50 * MB });
      display.event({ type: 'bytes', path: 'another-large-file.fits', done: 9 * MB, total: 50 * MB });
      clock.pass(500);
      for (const columns of widthsBetween(from, to)) {
        terminal.resize(columns, how);
        clock.pass(30);
      }
      clock.pass(100);
      const [first, ...drawn] = terminal.screen().split('\n');
      expect([first, drawn.length]).toEqual(['top', 3]);
      for (const line of drawn) expect(line.length).toBeLessThan(to);
      display.print('end\n');
      display.stop();
      expect(terminal.screen()).toBe('top\nend');
    });

    it('breaks no line while it does not know the width', () => {
      const { clock, terminal, display } = start(80);
      display.print('top\n');
      display.event({ type: 'bytes', path: 'one-large-file.fits', done: 5 * MB, total: 50 * MB });
      terminal.resize(30, how, false);
      for (let i = 6; i < 20; i++) {
        display.event({ type: 'bytes', path: 'one-large-file.fits', done: i * MB, total: 50 * MB });
        clock.pass(100);
      }
      expect(terminal.screen().split('\n')).toHaveLength(3);
      display.stop();
      expect(terminal.screen()).toBe('top');
    });
  });

  it('draws as for 80 columns on a terminal that does not tell its width', () => {
    let drawn = '';
    const stream = { write: (text: string) => (drawn += text), isTTY: true, columns: 0, rows: 0 };
    const display = new LiveDisplay({
      stream,
      clock: new VirtualClock(),
      colors: picocolors.createColors(false),
      unicode: false,
    });
    display.event({ type: 'phase', name: 'Copying' });
    expect(drawn).toContain('Copying ...');
    display.stop();
  });

  it.each([20, 10, 3])('breaks no line in %d columns', (columns) => {
    const { clock, terminal, display } = start(columns);
    for (let i = 1; i < 20; i++) {
      display.event({ type: 'bytes', path: '東京/\x1b[31mfile.fits', done: i * MB, total: 50 * MB });
      clock.pass(300);
    }
    expect(terminal.screen().split('\n').length).toBeLessThanOrEqual(2);
    display.stop();
    expect(terminal.screen()).toBe('');
  });
});
