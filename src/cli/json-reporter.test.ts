import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { JsonReporter } from './json-reporter.ts';
import type { Reporter } from './reporter.ts';
import { VirtualClock } from './testing/virtual-terminal.ts';

function reporter(): { reporter: Reporter; records: () => unknown[] } {
  let stdout = '';
  const stream = { write: (text: string) => (stdout += text) };
  const io = { stdout: stream, stderr: { write: () => undefined } };
  const errors = { fail: () => undefined };
  return {
    reporter: new JsonReporter({ io, settings: { quiet: false }, clock: new VirtualClock(), errors }),
    records: () =>
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
  };
}

function tellMore(to: Reporter): void {
  to.progress({ type: 'file', path: 'a', outcome: 'copied', bytes: 1 });
  to.note('later');
  to.warning('later');
  to.record({ event: 'checked' });
  to.finish({ command: 'ls', data: {}, lines: [], events: [{ event: 'checked' }] });
  to.fail(new IactError('not-found', 'later'));
}

describe('JsonReporter', () => {
  it('tells nothing after an error, as of files that were under way', () => {
    const { reporter: told, records } = reporter();
    told.note('before');
    told.fail(new IactError('cancelled', 'Stopped.'));
    tellMore(told);
    expect(records()).toEqual([
      { event: 'note', message: 'before' },
      { error: { code: 'cancelled', message: 'Stopped.', uri: null, retryable: false } },
    ]);
  });

  it('tells nothing after a result', () => {
    const { reporter: told, records } = reporter();
    told.finish({ command: 'ls', data: {}, lines: [] });
    tellMore(told);
    expect(records()).toEqual([{ result: { command: 'ls' } }]);
  });
});
