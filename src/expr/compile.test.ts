import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { compileExpression, compileFilter, type ExprTable, FUNCTION_NAMES, MAX_LENGTH } from './index.ts';
import { errorOf, integers, logicals, memoryTable, reals, rowsOf, strings } from './testing/memory-table.ts';

const table = memoryTable(
  {
    OBS_ID: integers(1, 2, 3),
    QUALITY: integers(0, 0, 1),
    RA_PNT: reals(83.6, 84, 10),
    DEC_PNT: reals(22, 22.5, -5),
    OBJECT: strings('Crab', 'Crab', 'Vela X'),
    b1: integers(5, 6, 7),
    T: logicals(true, false, true),
  },
  { EXPTIME: 12.5 },
);

describe('compileFilter()', () => {
  it('selects rows, counted from 0, in their order', () => {
    expect(rowsOf(table, 'QUALITY == 0 && angsep(RA_PNT, DEC_PNT, 83.63, 22.01) < 0.5')).toEqual([0]);
    expect(rowsOf(table, '(OBJECT == "Crab") .and. OBS_ID .ge. 2')).toEqual([1]);
    expect(rowsOf(table, 'T')).toEqual([0, 1, 2]);
    expect(rowsOf(table, '$T$')).toEqual([0, 2]);
    expect(rowsOf(table, 'F')).toEqual([]);
  });

  it('selects nothing of a table without rows', () => {
    expect(rowsOf(memoryTable({ A: integers() }), 'A > 1 || T')).toEqual([]);
  });

  it('names the columns it reads, and reads no others, each once', () => {
    const read: number[] = [];
    const watched: ExprTable = {
      ...table,
      read: (column) => {
        read.push(column);
        return table.read(column);
      },
    };
    const filter = compileFilter('QUALITY == 0 && quality + OBS_ID > OBS_ID{-1}', watched);
    expect([...filter.columns].sort()).toEqual(['OBS_ID', 'QUALITY']);
    filter.select(watched);
    expect(read.sort()).toEqual([0, 1]);
  });

  it('filters other tables that have the columns, in any place', () => {
    const filter = compileFilter('OBS_ID > 1 && QUALITY == 0', table);
    const other = memoryTable({ QUALITY: integers(1, 0, 0, 0), X: reals(0, 0, 0, 0), OBS_ID: integers(9, 1, 2, 3) });
    expect([...filter.select(other)]).toEqual([2, 3]);
    const lacking = memoryTable({ QUALITY: integers(1) });
    expect(() => filter.select(lacking)).toThrow(
      /needs a column "OBS_ID" with integer values, 1 in a row; there is none/,
    );
    const different = memoryTable({ QUALITY: integers(1), OBS_ID: reals(1.5) });
    expect(() => filter.select(different)).toThrow(/found real values, 1 in a row/);
  });
});

describe('compileExpression() errors', () => {
  it('show the expression and the place', () => {
    expect(errorOf(table, 'QUALITY == 0 && OBS_ID >')).toBe(
      [
        'IactError: Cannot read the expression: expected a value, found the end of the expression.',
        '  QUALITY == 0 && OBS_ID >',
        '                          ^',
      ].join('\n'),
    );
  });

  it('show the part around the place of a long expression', () => {
    const long = `${'OBS_ID == 1 || '.repeat(300)}NOPE == 2${' || OBS_ID == 3'.repeat(300)}`;
    const lines = errorOf(table, long).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]?.length).toBeLessThan(110);
    const at = lines[2]?.indexOf('^^^^') ?? -1;
    expect(lines[1]?.slice(at, at + 4)).toBe('NOPE');
  });

  it('keep carets in place behind tabs, line ends and characters of two code units', () => {
    const lines = errorOf(table, "OBJECT == '\u{1F680}'\t&&\n OBS == 1").split('\n');
    expect(lines[1]?.slice(lines[2]?.indexOf('^'), (lines[2]?.lastIndexOf('^') ?? 0) + 1)).toBe('OBS');
  });

  it.each([
    ['QUALTIY == 0', 'no column or keyword "QUALTIY". Did you mean "QUALITY"?'],
    ['RA > 1', 'Did you mean "RA_PNT"?'],
    ['ZZZZ > 1', 'Columns: OBS_ID, QUALITY, RA_PNT'],
    ['#EXPOSURE > 1', 'no keyword "EXPOSURE" in the header'],
    ['sin (RA_PNT) > 0', '"(" must follow its name without a blank'],
    ['angsp(1,2,3,4) > 1', 'no function "angsp". Did you mean "angsep"?'],
    ['angsep(RA_PNT, 1) > 1', 'angsep(ra1, dec1, ra2, dec2) with numbers, in degrees; found: number, number.'],
    ['true', 'Truth values are written T and F'],
    ['QUALITY = 0', 'expected ":" of a range, as in "x = 1:5" ("==" tests for equality), found the end'],
    ['OBJECT == 1', '"==" needs a string on its right; this is a number.'],
    ['OBS_ID == b1', 'this is a bit field. To name the column, write $b1$.'],
    ['b1 > 5', 'this is a number.'],
    ['OBS_ID && QUALITY', '"&&" needs a truth value on its left, not a number.'],
    ['(OBS_ID > 1', 'expected ")", found the end of the expression'],
    ['OBS_ID > 1)', 'expected an operator or the end of the expression, found ")"'],
    ['OBS_ID 1', 'expected an operator or the end of the expression, found a number'],
    ['', 'The expression is empty'],
    ['1 / 0', 'division by zero'],
    ['sqrt(-1)', 'the argument of sqrt is out of range'],
    ['RA_PNT & 1', 'needs two integers; this is a real number'],
    ['OBS_ID{QUALITY}', 'row offset must be a constant integer'],
    ['T ? b01 : b10', 'A choice ("?") between bit fields is not possible'],
    ["gtifilter('', OBS_ID)", 'other files cannot be used here'],
    ["regfilter('x.reg', 1, 2)", 'other files cannot be used here'],
    ["strmid(OBJECT, 1, 300) == 'a'", 'must be 1 to 255'],
    ['strmid(OBJECT, -1, 2)', 'Row 1: the position of strmid is negative'],
  ])('explain %s', (text, reason) => {
    expect(errorOf(table, text)).toContain(reason);
    expect(errorOf(table, text)).toMatch(/\^/);
  });

  it('name the columns that could be meant, and those that cannot be used', () => {
    const odd: ExprTable = {
      ...table,
      columns: [
        { name: 'TIME', kind: 'real', width: 1 },
        { name: 'Time', kind: 'real', width: 1 },
        { name: 'LIST', kind: 'unsupported', width: 1, reason: 'holds arrays of variable length' },
        { name: 'NOTHING', kind: 'integer', width: 0 },
      ],
      keyword: () => ({ kind: 'unsupported', reason: 'has no value' }),
    };
    expect(errorOf(odd, 'time > 1')).toContain('it could be "TIME", "Time"');
    expect(errorOf(odd, 'LIST > 1')).toContain('"LIST" cannot be used: it holds arrays of variable length');
    expect(errorOf(odd, 'NOTHING > 1')).toContain('is empty');
    expect(errorOf(odd, '#X > 1')).toContain('The keyword "X" cannot be used: it has no value');
  });

  it('have the code usage, or bad-data where a row is at fault', () => {
    const codeOf = (text: string): string => {
      try {
        compileExpression(text, table).evaluate(table);
      } catch (error) {
        return error instanceof IactError ? error.code : 'other';
      }
      return 'none';
    };
    expect([codeOf('NOPE'), codeOf('1 +'), codeOf('{1, 2}[OBS_ID]')]).toEqual(['usage', 'usage', 'bad-data']);
  });
});

describe('compileExpression() limits', () => {
  it('takes thousands of terms: a list of observations', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `OBS_ID == ${i * 2}`).join(' || ');
    expect(rowsOf(table, text)).toEqual([1]);
  });

  it('takes thousands of terms of vectors without memory for each', () => {
    const vectors = memoryTable({ V: integers(Array.from({ length: 1000 }, (_, i) => i)) });
    const text = `sum(${Array.from({ length: 2000 }, (_, i) => `V * ${i}`).join(' + ')}) > 0`;
    expect(rowsOf(vectors, text)).toEqual([0]);
  });

  it.each([
    ['an expression of a megabyte', '1 + '.repeat(262_144), `at most ${MAX_LENGTH}`],
    ['deep parentheses', `${'('.repeat(100_000)}1`, 'nested more than 500 deep'],
    ['deep negations', `${'!'.repeat(100_000)}T`, 'nested more than 500 deep'],
    ['deep functions', `${'abs('.repeat(50_000)}1`, 'nested more than 500 deep'],
    ['deep choices', `${'T ? 1 : '.repeat(30_000)}1`, 'nested more than 500 deep'],
    ['deep powers', `${'2 ^ '.repeat(50_000)}2`, 'nested more than 500 deep'],
    ['vectors that grow', 'array(OBS_ID, {300, 300})', 'at most'],
    ['vectors without end', `${'{'.repeat(40)}OBS_ID, OBS_ID}`, 'expected "," or "}" in a vector'],
  ])('refuses %s', (_name, text, reason) => {
    expect(errorOf(table, text)).toContain(reason);
  });

  it('refuses vectors that grow from level to level', () => {
    expect(errorOf(table, `{${'array(OBS_ID, 60000), '.repeat(3)}1}`)).toContain('would have 180001');
    const wide = 'array(OBS_ID, 60000)';
    const deep = `${`${wide} + (`.repeat(60)}${wide}${')'.repeat(60)}`;
    expect(rowsOf(table, `sum(${deep}) > 0`)).toEqual([0, 1, 2]);
  });

  it('reads long rows of digits, blanks, quotes and dots in linear time', () => {
    const start = performance.now();
    for (const text of [
      '1'.repeat(200_000),
      ' '.repeat(200_000),
      "'".repeat(99_999),
      '.'.repeat(200_000),
      '#'.repeat(9),
    ]) {
      expect(() => compileExpression(`${text} x`, table)).toThrow(IactError);
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('knows every function of CFITSIO 4.2', () => {
    const documented =
      'abs accum acos angsep arccos arcsin arctan arctan2 array asin atan average axiselem box ceil circle cos cosh defnull ' +
      'elementnum ellipse erf erfc exp floor gamma gtifilter gtifind gtioverlap isnull log log10 max median min naxes naxis ' +
      'near nelem nvalid random randomn randomp regfilter round seqdiff setnull sin sinh sqrt stddev strmid strstr sum tan tanh';
    expect(FUNCTION_NAMES).toEqual(documented.split(' '));
  });
});
