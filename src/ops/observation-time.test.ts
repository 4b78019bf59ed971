import { describe, expect, it } from 'vitest';
import { buildTable, type ColumnSpec } from '../fits/index.ts';
import { ontimeOf, sumOfColumn } from './observation-time.ts';
import { doubles, integers } from './testing/observation-store.ts';

const table = (...columns: ColumnSpec[]) => buildTable({ name: 'OBS_INDEX', columns });

describe('ontimeOf()', () => {
  const TIMES = [doubles('TSTART', [100, 1000]), doubles('TSTOP', [160, 1030])];

  it('adds ONTIME, which may differ from the times', () => {
    expect(ontimeOf(table(...TIMES, doubles('ONTIME', [50, 20])))).toBe(70);
  });

  it('takes TSTOP - TSTART where ONTIME is null, as after a merge with a store that has none', () => {
    expect(ontimeOf(table(...TIMES, doubles('ONTIME', [50, undefined])))).toBe(80);
    expect(ontimeOf(table(...TIMES))).toBe(90);
  });

  it('leaves out observations of which one end only is known', () => {
    expect(ontimeOf(table(doubles('TSTART', [undefined, 1000]), doubles('TSTOP', [160, 1030])))).toBe(30);
  });

  it('is not known where no observation has a time', () => {
    expect(ontimeOf(table(integers('OBS_ID', [1])))).toBeUndefined();
    expect(ontimeOf(table(doubles('ONTIME', [undefined])))).toBeUndefined();
    expect(ontimeOf(table(doubles('ONTIME', [])))).toBe(0);
  });
});

describe('sumOfColumn()', () => {
  it('adds what is not null, and knows no sum of nulls', () => {
    expect(sumOfColumn(table(integers('EVENT_COUNT', [3, undefined, 4])), 'EVENT_COUNT')).toBe(7);
    expect(sumOfColumn(table(integers('EVENT_COUNT', [undefined])), 'EVENT_COUNT')).toBeUndefined();
    expect(sumOfColumn(table(integers('EVENT_COUNT', [])), 'EVENT_COUNT')).toBe(0);
  });
});
