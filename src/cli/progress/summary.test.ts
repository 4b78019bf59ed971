import { describe, expect, it } from 'vitest';
import { summaryLine } from './summary.ts';

describe('summaryLine()', () => {
  it.each([
    [
      { files: 105, bytes: 62e6, seconds: 0.8, kept: 3, failed: 1 },
      'Copied 105 files, 62.0 MB in 0.8 s (78 MB/s); 3 kept; 1 failed',
    ],
    [
      { files: 2, bytes: 60e6, resumedBytes: 20e6, seconds: 2 },
      'Copied 2 files, 60.0 MB in 2.0 s (20 MB/s); 20.0 MB were there from before',
    ],
    [{ files: 1, bytes: 999, seconds: 3900 }, 'Copied 1 file, 999 B in 1 h 05 min (0 B/s)'],
    [{ files: 0, bytes: 0, seconds: 0.1, kept: 105 }, 'Copied no files; 105 kept'],
    [{ files: 0, bytes: 0, seconds: 0.1, kept: 104, removed: 1 }, 'Copied no files; 104 kept; 1 removed'],
    [{ files: 2, bytes: 0, seconds: 0 }, 'Copied 2 files, 0 B in 0.0 s'],
  ])('%j', (summary, line) => {
    expect(summaryLine({ verb: 'Copied', ...summary })).toBe(line);
  });
});
