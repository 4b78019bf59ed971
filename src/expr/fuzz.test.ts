import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { exprTable } from '../ops/index.ts';
import { compileExpression, compileFilter, type ExprTable, FUNCTION_NAMES } from './index.ts';
import { Generator } from './testing/generate.ts';
import { rowsOf, valuesIn } from './testing/memory-table.ts';
import { sampleTable } from './testing/sample-table.ts';

const table: ExprTable = exprTable(sampleTable(3, 12));
const resources = {
  readTable: () => exprTable(sampleTable(4, 5)),
  readText: () => 'circle(0, 0, 5)\n-box(1, 1, 2, 2, 30)\n',
};

/** Compiles and evaluates; anything but success and our own error fails the test. */
function mustNotBreak(text: string): void {
  try {
    compileExpression(text, table, { resources, seed: 1 }).evaluate(table);
  } catch (error) {
    if (!(error instanceof IactError)) throw new Error(`broken by ${JSON.stringify(text)}`, { cause: error });
    expect(error.code === 'usage' || error.code === 'bad-data').toBe(true);
    expect(error.message.split('\n')).toHaveLength(3);
  }
}

const NAMES = table.columns.map(({ name }) => name);
const PIECES = [
  ...'+-*/%^&|~!?:=<>,()[]{}#$.\'" \t\n01259xXbBoOhHtTfFeEdD_;@\\\u00e9\u{1F680}',
  ...['&&', '||', '==', '.and.', 'or.', '.xor.', '(int)', '(float)', '#row', '#null', '#snull', '#$ODD-KEY$', '#pi'],
  ...['1e5', '0x1f', 'b01x', 'h3F', "'Crab'", '""', '1', '2.5', '{1,2}', '[2]', '{-1}', 'T', 'F'],
  ...NAMES,
  ...NAMES.map((name) => `$${name}$`),
  ...FUNCTION_NAMES.map((name) => `${name}(`),
];

describe('compileExpression()', () => {
  it('throws nothing but its own error, whatever the characters', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), mustNotBreak), { seed: 1, numRuns: 500 });
  });

  it('throws nothing but its own error, whatever the words', () => {
    const words = fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(words, mustNotBreak), { seed: 2, numRuns: 4000 });
  });

  it('throws nothing but its own error for expressions that are almost right', () => {
    const generator = new Generator(99, table.columns);
    for (let i = 0; i < 1500; i++) {
      const text = generator.filter(3);
      mustNotBreak(text);
      const at = (i * 7919) % text.length;
      mustNotBreak(text.slice(0, at));
      mustNotBreak(text.slice(0, at) + (PIECES[i % PIECES.length] ?? '') + text.slice(at + 1));
    }
  });
});

/** Filters that neither compiling nor evaluating refuses. */
function validFilters(count: number): string[] {
  const generator = new Generator(7, table.columns);
  const found: string[] = [];
  while (found.length < count) {
    const text = generator.filter(3);
    try {
      compileFilter(text, table).select(table);
      found.push(text);
    } catch (error) {
      if (!(error instanceof IactError)) throw error;
    }
  }
  return found;
}

describe('compileFilter()', () => {
  const truths = fc.constantFrom(...validFilters(400));

  function rows(text: string): number[] {
    return rowsOf(table, text, { seed: 1 });
  }

  it('splits the rows into true, false and null', () => {
    fc.assert(
      fc.property(truths, (text) => {
        const parts = [...rows(text), ...rows(`!(${text})`), ...rows(`isnull(${text})`)];
        expect(parts.sort((a, b) => a - b)).toEqual([...Array(table.rowCount).keys()]);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it('obeys De Morgan, also with nulls', () => {
    fc.assert(
      fc.property(truths, truths, (a, b) => {
        expect(valuesIn(table, `!((${a}) && (${b}))`)).toEqual(valuesIn(table, `!(${a}) || !(${b})`));
      }),
      { seed: 4, numRuns: 150 },
    );
  });

  it('selects with "and" what both filters select, with "or" what either does', () => {
    fc.assert(
      fc.property(truths, truths, (a, b) => {
        const [first, second] = [new Set(rows(a)), new Set(rows(b))];
        expect(rows(`(${a}) && (${b})`)).toEqual([...first].filter((row) => second.has(row)));
        expect(rows(`(${a}) || (${b})`)).toEqual([...new Set([...first, ...second])].sort((x, y) => x - y));
      }),
      { seed: 5, numRuns: 150 },
    );
  });

  it('does not care whether parts stand in parentheses of their own', () => {
    fc.assert(
      fc.property(truths, (text) => {
        expect(valuesIn(table, `((${text}))`)).toEqual(valuesIn(table, text));
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

describe('angsep()', () => {
  const angle = (limit: number): fc.Arbitrary<number> =>
    fc.integer({ min: -limit * 8, max: limit * 8 }).map((n) => n / 8);
  // Declinations beyond the poles are nonsense, but must not make the short cut differ from the long way.
  const place = fc.record({ ra: angle(400), dec: fc.oneof(angle(90), angle(200)) });

  it('gives the same cone whether it is compared at once or calculated with first', () => {
    const places = fc.array(place, { minLength: 1, maxLength: 20 });
    const radius = fc.oneof(angle(181), angle(2), fc.constantFrom(0, 90, 180));
    fc.assert(
      fc.property(places, place, radius, (cells, centre, radiusDeg) => {
        const sky: ExprTable = {
          rowCount: cells.length,
          columns: [
            { name: 'RA', kind: 'real', width: 1 },
            { name: 'DEC', kind: 'real', width: 1 },
          ],
          keyword: (name) => ({ kind: 'real', value: { R: centre.ra, D: centre.dec, S: radiusDeg }[name] ?? 0 }),
          read: (column) => ({
            kind: 'number',
            values: Float64Array.from(cells, ({ ra, dec }) => (column === 0 ? ra : dec)),
          }),
        };
        for (const relation of ['<', '<=']) {
          const direct = valuesIn(sky, `angsep(RA, DEC, #R, #D) ${relation} #S`);
          expect(direct).toEqual(valuesIn(sky, `(float) (angsep(RA, DEC, #R, #D) + 0) ${relation} #S`));
          expect(valuesIn(sky, `#S ${relation.replace('<', '>')} angsep(#R, #D, RA, DEC)`)).toEqual(direct);
        }
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  it('holds at the poles and across 0 degrees', () => {
    const sky: ExprTable = {
      rowCount: 4,
      columns: [
        { name: 'RA', kind: 'real', width: 1 },
        { name: 'DEC', kind: 'real', width: 1 },
      ],
      keyword: () => undefined,
      read: (column) => ({
        kind: 'number',
        values: Float64Array.from(column === 0 ? [0, 359.5, 180, 12] : [0, 0, 89.5, 90]),
      }),
    };
    expect(rowsOf(sky, 'angsep(RA, DEC, 0.5, 0) <= 1.0000001')).toEqual([0, 1]);
    expect(rowsOf(sky, 'angsep(RA, DEC, 0, 89.5) < 1.0001')).toEqual([2, 3]);
    expect(valuesIn(sky, 'angsep(RA, DEC, 0, 90)')[3]).toBeCloseTo(0, 12);
  });
});
