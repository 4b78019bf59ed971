import { describe, expect, it } from 'vitest';
import { tokenize } from './lexer.ts';
import type { Token } from './token.ts';

/** Kinds and values of all tokens but the end. */
function words(text: string): unknown[] {
  return tokenize(text)
    .slice(0, -1)
    .map((token: Token) => ('value' in token ? token.value : token.kind));
}

describe('tokenize()', () => {
  it('reads both spellings of each operator', () => {
    expect(words('a .and. b .OR. .not. c')).toEqual(words('a && b || ! c'));
    expect(words('a .eq. b .NE. c .lt. d .LE. e .gt. f .GE. g')).toEqual(words('a == b != c < d <= e > f >= g'));
    expect(words('a =< b => c ** d .xor. e')).toEqual(words('a <= b >= c ^ d ^^ e'));
  });

  it('reads Fortran operators without their first dot, as after a number', () => {
    expect(words('1.eq.2')).toEqual([1, '==', 2]);
    expect(words('a and. not.b')).toEqual(['a', '&&', '!', 'b']);
    expect(words('1.5.and.x')).toEqual([1.5, '&&', 'x']);
  });

  it('reads an operator of mixed case as no operator', () => {
    expect(() => tokenize('a .And. b')).toThrow(/"\.And\." must be all lower or all upper case/);
  });

  it('reads numbers', () => {
    expect(words('12 1.5 .5 5. 1e3 1.5E-2 2.D2 1d1')).toEqual([12, 1.5, 0.5, 5, 1000, 0.015, 200, 10]);
    expect(words('0b101 0o17 0x1fF')).toEqual([5, 15, 511]);
    expect(tokenize('12')[0]?.kind).toBe('integer');
    expect(tokenize('12.')[0]?.kind).toBe('real');
  });

  it('reads integers beyond 64 bits as the largest one', () => {
    expect(words('99999999999999999999')).toEqual([2 ** 63]);
  });

  it('spells out bit masks', () => {
    expect(words('b01x0 O17 h3Fx')).toEqual(['01x0', '001111', '00111111xxxx']);
  });

  it('reads words that look like masks or truth values as such, unless they are quoted', () => {
    expect(tokenize('b1 T f hea')).toMatchObject([
      { kind: 'bits' },
      { kind: 'logical', value: true },
      { kind: 'logical', value: false },
      { kind: 'bits', value: '11101010' },
      { kind: 'end' },
    ]);
    expect(tokenize('$b1$ $T$')).toMatchObject([{ kind: 'name' }, { kind: 'name' }, { kind: 'end' }]);
    expect(tokenize('b12')[0]).toMatchObject({ kind: 'name', value: 'b12' });
  });

  it('reads a name as a call only if the parenthesis follows at once', () => {
    expect(tokenize('SIN(x)')[0]).toMatchObject({ kind: 'call', value: 'sin' });
    expect(tokenize('sin (x)')[0]).toMatchObject({ kind: 'name', value: 'sin' });
  });

  it('reads keywords, constants and special values behind "#"', () => {
    expect(words('#pi #E #Deg')).toEqual([Math.PI, Math.E, Math.PI / 180]);
    expect(tokenize('#row #NULL #snull #PI_2 #$DATE-OBS$')).toMatchObject([
      { kind: 'special', value: 'row' },
      { kind: 'special', value: 'null' },
      { kind: 'special', value: 'snull' },
      { kind: 'keyword', value: 'PI_2' },
      { kind: 'keyword', value: 'DATE-OBS' },
      { kind: 'end' },
    ]);
  });

  it('ends a quoted keyword at the first "$"', () => {
    expect(words('#$A-B$ + #$C-D$')).toEqual(['A-B', '+', 'C-D']);
  });

  it('reads strings in either quote, with the other one inside', () => {
    expect(words(`'say "x"' "it's"`)).toEqual(['say "x"', "it's"]);
  });

  it('skips comment lines, as in files with long expressions', () => {
    expect(words('// first\na\n  // second\r\n && b')).toEqual(['a', '&&', 'b']);
    expect(words('a / b')).toEqual(['a', '/', 'b']);
  });

  it.each([
    ["OBJECT == 'Crab", "the closing ' is missing", 10],
    ['$ODD-NAME > 1', 'the closing $ of the name is missing', 0],
    ['a == # 3', 'expected the name of a keyword', 5],
    ['a @ b', 'unexpected "@"', 2],
    ['a .foo. b', '".foo." is no operator', 2],
  ])('shows the place where %s goes wrong', (text, reason, at) => {
    expect(() => tokenize(text)).toThrow(reason);
    expect(() => tokenize(text)).toThrow(`\n  ${text}\n  ${' '.repeat(at)}^`);
  });
});
