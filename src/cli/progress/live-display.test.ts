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

  it('rests at the beginning of a line, so that a killed process leaves the terminal in order', () => {
    const { clock, terminal } = start();
    clock.pass(5000);
    expect(terminal.raw).toMatch(/\r\n\x1b\[J$/);
    expect(terminal.raw).not.toContain('\x1b[?25l');
  });

  it('waits until a window rests that is being resized, and then goes up no farther than is safe', () => {
    const { clock, terminal } = start(50);
    clock.pass(100);
    const before = terminal.raw.length;
    for (let columns = 49; columns >= 30; columns--) {
      terminal.columns = columns;
      clock.pass(100);
    }
    expect(terminal.raw.slice(before)).toBe('');
    clock.pass(300);
    expect(terminal.raw.slice(before)).toMatch(/^\r\x1b\[1A[^\n]*\n\x1b\[J$/);
    clock.pass(100);
    expect(terminal.writes).toBeGreaterThan(2);
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
