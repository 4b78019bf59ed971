import { describe, expect, it } from 'vitest';
import { compileExpression } from './index.ts';
import { bits, integers, logicals, memoryTable, reals, rowsOf, strings, valuesIn } from './testing/memory-table.ts';

// Expected values are CFITSIO 4.2's, found with its library, unless a test says otherwise.

const table = memoryTable(
  {
    J: integers(0, 1, -2, 3, null, 7),
    E: reals(-2, -1.5, 0, 0.25, 2.5, null),
    L: logicals(true, false, null, true, false, null),
    S: strings('abc', 'Crab', '', 'Crab Neb', ' x', 'b'),
    X: bits('000000101', '111111111', '000000000', '010000001', '000000001', '100000000'),
    'ODD-NAME': integers(1, 2, 3, 4, 5, 6),
    COUNT: integers(9, 9, 9, 9, 9, 9),
  },
  { COUNT: 4, SCALE: 2.5, NAME: 'Crab', FLAG: true, 'DATE-OBS': '2020' },
);

const of = (text: string): unknown[] => valuesIn(table, text);
/** The one value of an expression that is the same in all rows. */
const one = (text: string): unknown => of(text)[0];

describe('compileExpression()', () => {
  it('calculates with integers as long as both operands are', () => {
    expect([one('7 / 2'), one('-7 / 2'), one('-7 % 3'), one('2^-1'), one('2^0.5')]).toEqual([3, -3, -1, 0, Math.SQRT2]);
    expect([one('7. / 2'), one('7 / 2.'), one('(float) 7 / 2'), one('(float)(7 / 2)')]).toEqual([3.5, 3.5, 3.5, 3]);
    expect(one('#SCALE / 2')).toBe(1.25);
    expect(one('#COUNT / 3')).toBe(1);
  });

  it('cuts off, not down, when it casts to integer', () => {
    expect(of('(int) E')).toEqual([-2, -1, 0, 0, 2, null]);
    expect(one('(int) T')).toBe(1);
    expect(one('(int)(0. * 1e308 * 10)')).toBe(0);
  });

  it('wraps integers around at 64 bits', () => {
    expect(one('4294967296 * 4294967296')).toBe(0);
    expect(one('9223372036854775807 + 4096')).toBe(-(2 ** 63) + 4096);
  });

  it('has no negative zero among integers', () => {
    expect(one('arctan2(0 * (0 - 1), 0 - 1)')).toBe(Math.PI);
  });

  it('binds operators in the order of CFITSIO, where "%" is like "+" and signs bind before powers', () => {
    expect([one('1 + 2 % 3'), one('6 * 7 % 4'), one('7 - 4 % 3')]).toEqual([0, 2, 0]);
    expect([one('-2^2'), one('2^3^2'), one('2**3*2')]).toEqual([4, 512, 16]);
    expect([one('1 + 2 * 3 & 1'), one('4 | 1 + 1')]).toEqual([3, 6]);
  });

  it('lets the types decide what "!" belongs to', () => {
    expect(of('!E > 0')).toEqual([true, true, true, false, false, null]);
    expect(of('!L == L')).toEqual([false, false, null, false, false, null]);
  });

  it('takes a comparison of numbers as an operand of "==" without parentheses', () => {
    expect(of('L == E > 0')).toEqual([false, true, null, true, false, null]);
    expect(of('L == J == 3')).toEqual([false, true, null, true, null, null]);
  });

  it('reads ranges, both ends included', () => {
    expect(of('J = 1:3')).toEqual([false, true, false, true, null, false]);
    expect(of('J = 1:3 && L')).toEqual([false, false, false, true, false, false]);
    expect(of('J = -2 : 1 ? 10 : 20')).toEqual([10, 10, 10, 20, null, 20]);
  });

  it('chooses from the right, with a null condition giving null', () => {
    expect(of('L ? 1 : 2 + 3')).toEqual([1, 5, null, 1, 5, null]);
    expect(of('L ? J : E')).toEqual([0, -1.5, null, 3, 2.5, null]);
    expect(of("L ? 'yes' : 'no'")).toEqual(['yes', 'no', null, 'yes', 'no', null]);
    expect(of('J > 0 ? L ? 1 : 2 : 3')).toEqual([3, 2, 3, 1, null, null]);
  });

  it('multiplies truth values with numbers', () => {
    expect(of('(J > 0) * 5')).toEqual([0, 5, 0, 5, null, 5]);
    expect(of('2.5 * L')).toEqual([2.5, 0, null, 2.5, 0, null]);
    expect(of('L * L * 3')).toEqual([3, 0, null, 3, 0, null]);
  });

  it('compares reals approximately with "~", integers exactly', () => {
    expect([one('0.1 + 0.2 ~ 0.3'), one('0.1 + 0.2 == 0.3'), one('1 ~ 2'), one('1. ~ 1.0000002')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('finds columns in any case, and before keywords', () => {
    expect(of('j')).toEqual(of('J'));
    expect(one('COUNT')).toBe(9);
    expect(one('#COUNT')).toBe(4);
    expect(one('scale')).toBe(2.5);
    expect(of('$odd-name$')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(one('#$DATE-OBS$')).toBe('2020');
  });

  it('finds columns by a pattern between "$"', () => {
    expect(of('$*DD*$')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(of('$ODD?NAME$')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('takes cells of other rows, null outside the table', () => {
    expect(of('J{-1}')).toEqual([null, 0, 1, -2, 3, null]);
    expect(of('$ODD-NAME$ {2}')).toEqual([3, 4, 5, 6, null, null]);
    expect(of('S{1} == "Crab"')).toEqual([true, false, false, false, false, null]);
    expect(of('X{-1}')[0]).toBe('000000000');
    expect(of('J{-#COUNT}')).toEqual([null, null, null, null, 0, 1]);
    expect(of('J{1000000000000}')).toEqual([null, null, null, null, null, null]);
  });

  it('counts rows from 1', () => {
    expect(of('#row')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('calculates bitwise with integers of up to 64 bits', () => {
    expect(of('J & 3')).toEqual([0, 1, 2, 3, null, 3]);
    expect(of('J | 8')).toEqual([8, 9, -2, 11, null, 15]);
    expect(of('J ^^ 3')).toEqual([3, 2, -3, 0, null, 4]);
    expect(one('4294967296 | 1')).toBe(4294967297);
    expect(one('0xFFFFFFFF & 0xFF00000000')).toBe(0);
  });

  it('knows constants before a table is there', () => {
    expect(compileExpression('2 * #pi > 6', table).isConstant).toBe(true);
    expect(compileExpression('J > 6', table).isConstant).toBe(false);
  });
});

describe('compileExpression() with nulls', () => {
  it('lets them make every operation null that needs the value', () => {
    expect(of('J + 1')).toEqual([1, 2, -1, 4, null, 8]);
    expect(of('J == #null')).toEqual(new Array(6).fill(null));
    expect(of('S + #snull')).toEqual(new Array(6).fill(null));
  });

  it('does not spread them through "and" and "or" that the other operand decides', () => {
    expect(of('L || J > 0')).toEqual([true, true, null, true, null, true]);
    expect(of('L && J > 0')).toEqual([false, false, false, true, false, null]);
    expect(one('T || #null == 1')).toBe(true);
  });

  it('makes them of division by zero and of arguments outside the domain', () => {
    expect(of('1 / J')).toEqual([null, 1, 0, 0, null, 0]);
    expect(of('7 % J')).toEqual([null, 0, 1, 1, null, 0]);
    expect(of('1. / E')).toEqual([-0.5, 1 / -1.5, null, 4, 0.4, null]);
    expect(of('sqrt(J)')[2]).toBeNull();
    expect(of('log(E)').slice(0, 3)).toEqual([null, null, null]);
    expect(of('arcsin(J)').slice(2)).toEqual([null, null, null, null]);
  });

  it('makes none of overflow or of powers of negative numbers: these are infinite or NaN', () => {
    expect(of('exp(J * 1000)')[1]).toBe(Number.POSITIVE_INFINITY);
    expect(of('E ^ 0.5')[0]).toBeNaN();
  });

  it('finds, replaces and makes them', () => {
    expect(of('isnull(J)')).toEqual([false, false, false, false, true, false]);
    expect(of('defnull(J, -1)')).toEqual([0, 1, -2, 3, -1, 7]);
    expect(of('defnull(J, E)')).toEqual([0, 1, -2, 3, 2.5, 7]);
    expect(of('defnull(L, F)')).toEqual([true, false, false, true, false, false]);
    expect(of('setnull(3, J)')).toEqual([0, 1, -2, null, null, 7]);
    expect(of('setnull(2.5, J)')).toEqual(of('J'));
    expect(of("defnull(L ? 'a' : 'b', 'none')")).toEqual(['a', 'b', 'none', 'a', 'b', 'none']);
  });

  it('leaves the other one of two values to min and max', () => {
    expect(of('min(J, E)')).toEqual([-2, -1.5, -2, 0.25, 2.5, 7]);
    expect(of('max(J, #null)')).toEqual([0, 1, -2, 3, null, 7]);
  });

  it('keeps their rows out of a selection', () => {
    expect(rowsOf(table, 'L')).toEqual([0, 3]);
    expect(rowsOf(table, '!L')).toEqual([1, 4]);
    expect(rowsOf(table, 'J > -100')).toEqual([0, 1, 2, 3, 5]);
  });

  it('makes them of NaN and infinite cells of real columns, whose denormal cells are 0', () => {
    const floats = memoryTable({ E: reals(Number.NaN, Number.POSITIVE_INFINITY, 1e-310, -0, 1) });
    expect(valuesIn(floats, 'E')).toEqual([null, null, 0, 0, 1]);
    expect(valuesIn(floats, '1 / E > 0')).toEqual([null, null, null, null, true]);
  });
});

describe('compileExpression() with strings', () => {
  it('compares them by the codes of their characters, cells without the blanks that fill them', () => {
    expect(of("S == 'Crab'")).toEqual([false, true, false, false, false, false]);
    expect(of("'Crab' != S")).toEqual([true, false, true, true, true, true]);
    expect(of("S > 'Crab'")).toEqual([true, false, false, true, false, true]);
    expect(of('S == #NAME')).toEqual(of("S == 'Crab'"));
  });

  it('keeps blanks in constants, and one blank of a cell of blanks', () => {
    expect(of("S == 'Crab '")).toEqual(new Array(6).fill(false));
    expect(of("S == ' '")).toEqual([false, false, true, false, false, false]);
    expect(of("S == ''")).toEqual(new Array(6).fill(false));
    expect(of("S == ' x'")[4]).toBe(true);
  });

  it('joins, searches and cuts them', () => {
    expect(of("S + '|'")).toEqual(['abc|', 'Crab|', ' |', 'Crab Neb|', ' x|', 'b|']);
    expect(of("strstr(S, 'b')")).toEqual([2, 4, null, 4, null, 1]);
    expect(of('strmid(S, 2, 3)')).toEqual(['bc', 'rab', '', 'rab', 'x', '']);
    expect(one('strmid(S, 0, 2)')).toBeNull();
    expect(of('strmid(S, 1, #row % 2 + 1)')).toEqual(['ab', 'C', ' ', 'C', ' x', 'b']);
    expect([one('nelem(S)'), one("nelem('abc')"), one('nvalid(S)')]).toEqual([8, 3, 1]);
  });
});

describe('compileExpression() with bit fields', () => {
  it('compares them from the right, with x for any bit', () => {
    expect(of('X == b101')).toEqual([true, false, false, false, false, false]);
    expect(of('X == bx01')).toEqual([true, false, false, false, true, false]);
    expect(of('X == h1xx')).toEqual([false, true, false, false, false, true]);
    expect(of('X != o0')).toEqual([true, true, false, true, true, true]);
  });

  it('orders them by the bits where neither has an x', () => {
    expect(of('X > b11')).toEqual([true, true, false, true, false, true]);
    expect(of('X <= b1xx')).toEqual([true, false, true, false, true, false]);
    expect(of('X > b0000000000000000000000000000000000000000100')).toEqual([true, true, false, true, false, true]);
  });

  it('combines, negates and joins them', () => {
    expect(of('X & b1')[1]).toBe('000000001');
    expect(of('X | b1x0')[2]).toBe('000000100');
    expect(of('!X')[0]).toBe('111111010');
    expect(of('X + b1')[0]).toBe('0000001011');
    expect(of('(X & b100000001) == bx00000001')).toEqual([true, true, false, true, true, false]);
    expect(of('(X & bx) == b1')).toEqual(new Array(6).fill(true));
    expect(of('(X | bx) == b0')).toEqual(of('X == b0'));
    expect(of('X[3] == b1')).toEqual([false, true, false, false, false, false]);
    expect(of('sum(X)')).toEqual([2, 9, 0, 2, 1, 1]);
    expect(of('accum(X)')).toEqual([2, 11, 11, 13, 14, 15]);
    expect([one('nelem(X)'), one('nvalid(X)')]).toEqual([9, 9]);
  });
});
