import { describe, expect, it } from 'vitest';
import type { ExpectedReads, Source } from './contract.ts';
import { DelegatingSource } from './delegating-source.ts';
import { sourceConformance } from './testing/conformance.ts';
import { directoryWith, TellingSource } from './testing/telling-source.ts';
import { withRateLimit } from './with-rate-limit.ts';
import { withReadsAhead } from './with-reads-ahead.ts';
import { DEFAULT_RETRIES, withRetries } from './with-retries.ts';

class Passing extends DelegatingSource {}

const WRAPPERS: Readonly<Record<string, (inner: Source, paths: readonly string[]) => Source>> = {
  DelegatingSource: (inner) => new Passing(inner),
  'withRetries()': (inner) => withRetries(inner, DEFAULT_RETRIES),
  'withRateLimit()': (inner) => withRateLimit(inner, 1e12),
  'withReadsAhead()': (inner, paths) => withReadsAhead(inner, [...paths, 'absent']),
  'withRetries() over withReadsAhead()': (inner, paths) => withRetries(withReadsAhead(inner, paths), DEFAULT_RETRIES),
};

for (const [name, wrap] of Object.entries(WRAPPERS)) {
  sourceConformance(name, async (files) => {
    const source = wrap(new TellingSource(await directoryWith(files)), Object.keys(files));
    return { source, stop: async () => undefined };
  });
}

describe('prepare() of a source that wraps another one', () => {
  const expected = { bytes: 1000, unsizedFiles: 2 };

  it.each(Object.entries(WRAPPERS))('is passed on by %s, but for a rate that is to be kept', (name, wrap) => {
    const told: (ExpectedReads | undefined)[] = [];
    const prepare = (reads?: ExpectedReads): void => void told.push(reads);
    const inner = Object.assign(new TellingSource('nowhere'), { prepare });
    const source = wrap(inner, []);
    source.prepare?.();
    source.prepare?.(expected);
    expect(told).toEqual(name === 'withRateLimit()' ? [] : [undefined, expected]);
  });
});
