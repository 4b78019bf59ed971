import type { CheckRequest } from '../ops/index.ts';
import type { Reporter } from './reporter.ts';

/** Translates how far a check is into progress. Nothing is told before the indexes were read: a login may have to ask. */
export function checkProgress(reporter: Reporter, phase: string): Pick<CheckRequest, 'onPlan' | 'onFile'> {
  return {
    onPlan: (files) => {
      reporter.progress({ type: 'phase', name: phase });
      reporter.progress({ type: 'plan', files, bytes: 0 });
    },
    onFile: (path, bytes) => reporter.progress({ type: 'file', path, outcome: 'checked', bytes }),
  };
}
