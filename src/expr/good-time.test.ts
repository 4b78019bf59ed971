import { describe, expect, it } from 'vitest';
import type { ExprResources, ExprTable } from './index.ts';
import { errorOf, integers, memoryTable, reals, rowsOf, strings, valuesIn } from './testing/memory-table.ts';

const events = memoryTable({ TIME: reals(0, 10, 21, 22, 40, null, 100), T2: integers(36, 36, 36, 36, 36, 36, 36) });
const intervals = memoryTable({ START: reals(5, 35, 80), STOP: reals(21, 50, 95) });

function resources(tables: Readonly<Record<string, ExprTable>>): { resources: ExprResources } {
  return {
    resources: {
      readTable: (name) => {
        const table = tables[name];
        if (table === undefined) throw new Error(`there is no "${name}"`);
        return table;
      },
    },
  };
}
const options = resources({ '': intervals, '[GTI]': intervals });

describe('gtifilter()', () => {
  it('tells whether a time is in an interval, both ends included', () => {
    expect(valuesIn(events, 'gtifilter()', options)).toEqual([false, true, true, false, true, null, false]);
    expect(valuesIn(events, 'gtifilter("[GTI]", TIME + 1, "START", "STOP")', options)).toEqual([
      false,
      true,
      false,
      false,
      true,
      null,
      false,
    ]);
    expect(valuesIn(events, "gtifilter('', T2 - 1) && !gtifilter('', T2 - 1.001)", options)[0]).toBe(true);
    expect(rowsOf(events, "gtifilter('', TIME{1})", options)).toEqual([0, 1, 3]);
  });

  it('finds the last of several intervals in a table without order', () => {
    const disordered = memoryTable({ TSTART: reals(30, 0, 5), TSTOP: reals(50, 20, 12) });
    expect(valuesIn(events, 'gtifind()', resources({ '': disordered }))).toEqual([2, 3, null, null, 1, null, null]);
  });

  it('moves intervals by the difference of TIMEZERO', () => {
    const shifted = memoryTable({ START: reals(5), STOP: reals(20) }, { TIMEZERI: 10, TIMEZERF: 0.5 });
    const zeroed = { ...events, keyword: memoryTable({}, { TIMEZERO: -10 }).keyword };
    expect(rowsOf(events, 'gtifilter()', resources({ '': shifted }))).toEqual([2, 3]);
    expect(rowsOf(zeroed, 'gtifilter()', resources({ '': shifted }))).toEqual([4]);
  });

  it('finds nothing in an empty table', () => {
    const empty = memoryTable({ START: reals(), STOP: reals() });
    expect(valuesIn(events, 'gtifilter()', resources({ '': empty }))).toEqual([
      false,
      false,
      false,
      false,
      false,
      null,
      false,
    ]);
  });

  it.each([
    ["gtifilter('no.fits')", 'Cannot read good time intervals from "no.fits": there is no "no.fits"'],
    ["gtifilter('', TIME, 'BEGIN', 'END')", 'no column fits "BEGIN" (columns: START, STOP)'],
    ["gtifilter('two')", '2 columns fit "*START*"'],
    ["gtifilter('text')", 'the column "START" holds no numbers'],
    ["gtifilter('', TIME, 'START')", 'The arguments do not fit gtifilter'],
  ])('explains %s', (text, reason) => {
    const tables = {
      '': intervals,
      two: memoryTable({ START: reals(1), START_ERR: reals(1), STOP: reals(1) }),
      text: memoryTable({ START: strings('1'), STOP: strings('2') }),
    };
    expect(errorOf(events, text, resources(tables))).toContain(reason);
  });

  it('needs a column TIME where no time is given', () => {
    expect(errorOf(memoryTable({ A: reals(1) }), 'gtifilter()', options)).toContain('"TIME"');
  });
});

describe('gtifind()', () => {
  it('counts intervals from 1, null outside', () => {
    expect(valuesIn(events, "gtifind('', TIME)", options)).toEqual([null, 1, 1, null, 2, null, null]);
  });
});

describe('gtioverlap()', () => {
  it('adds the good time in a range', () => {
    expect(valuesIn(events, "gtioverlap('', TIME, TIME + 30)", options)).toEqual([16, 16, 15, 15, 10, null, 0]);
    expect(valuesIn(events, "gtioverlap('', 0, TIME)", options)).toEqual([0, 5, 16, 16, 21, null, 46]);
  });

  it('is 0 for an empty or reversed range', () => {
    expect(valuesIn(events, "gtioverlap('', T2, T2)", options)[0]).toBe(0);
    expect(valuesIn(events, "gtioverlap('', T2 + 5, T2)", options)[0]).toBe(0);
  });

  it('needs intervals in order', () => {
    const disordered = memoryTable({ START: reals(30, 0), STOP: reals(50, 20) });
    expect(errorOf(events, "gtioverlap('', TIME, TIME + 1)", resources({ '': disordered }))).toContain(
      'ordered in time',
    );
  });
});
