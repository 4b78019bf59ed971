import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { LiveDisplay } from './progress/live-display.ts';
import { VirtualClock, VirtualTerminal } from './testing/virtual-terminal.ts';
import { TextReporter } from './text-reporter.ts';

const COLORS = picocolors.createColors(false);

describe('TextReporter', () => {
  it('shows lines of a result above the progress, which is drawn anew below them', () => {
    const terminal = new VirtualTerminal(80);
    const clock = new VirtualClock();
    const reporter = new TextReporter({
      io: { stdout: terminal, stderr: terminal },
      settings: { json: false, quiet: false, verbose: false, color: 'never' },
      colors: COLORS,
      display: new LiveDisplay({ stream: terminal, clock, colors: COLORS, unicode: false }),
    });
    reporter.progress({ type: 'phase', name: 'Repairing' });
    reporter.progress({ type: 'plan', files: 4, bytes: 0 });
    clock.pass(100);
    expect(terminal.screen()).toMatch(/^Repairing .*0\/4 files$/);
    reporter.show(['one', 'two']);
    expect(terminal.screen()).toBe('one\ntwo');
    clock.pass(100);
    reporter.show(['three']);
    expect(terminal.screen()).toBe('one\ntwo\nthree');
    clock.pass(100);
    expect(terminal.screen()).toMatch(/^one\ntwo\nthree\nRepairing .*0\/4 files$/);
    reporter.finish({ command: 'check', data: {}, lines: ['end'] });
    expect(terminal.screen()).toBe('one\ntwo\nthree\nend');
  });
});
