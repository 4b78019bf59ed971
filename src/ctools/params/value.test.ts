import { describe, expect, it } from 'vitest';
import {
  booleanOf,
  boundsFault,
  integerOf,
  isUndefined,
  type ParameterType,
  realOf,
  storedText,
  type ValueRules,
  valueFault,
} from './value.ts';

const rules = (type: ParameterType, minimum = '', maximum = ''): ValueRules => ({ name: 'p', type, minimum, maximum });

describe('booleanOf()', () => {
  it.each(['y', 'Yes', 'T', 'TRUE'])('booleanOf() takes %s for true', (text) => expect(booleanOf(text)).toBe(true));
  it.each(['n', 'No', 'F', 'false'])('booleanOf() takes %s for false', (text) => expect(booleanOf(text)).toBe(false));
  it.each(['1', '0', 'on', '', ' yes'])('booleanOf() refuses [%s]', (text) => expect(booleanOf(text)).toBeUndefined());
});

describe('integerOf()', () => {
  it.each([
    ['3', 3],
    [' 3', 3],
    ['+07', 7],
    ['-12', -12],
    ['INF', 2 ** 63],
    ['9223372036854775807', 2 ** 63],
  ])('integerOf() reads [%s] as %d', (text, value) => expect(integerOf(text)).toBe(value));
  it.each(['3abc', '3.9', 'abc', '', '1e3', '0x10', '9007199254740993'])('integerOf() refuses [%s]', (text) =>
    expect(integerOf(text)).toBeUndefined(),
  );
});

describe('realOf()', () => {
  it.each([
    ['83.63', 83.63],
    ['-.5', -0.5],
    ['1.', 1],
    ['1e-7', 1e-7],
    [' +2E3 ', 2000],
    ['nan', Number.NaN],
    ['Infinity', Number.NaN],
  ])('realOf() reads [%s] as %d', (text, value) => expect(realOf(text)).toBe(value));
  it.each(['5deg', '1,', '1d1', '0x10', '1e', 'abc', '', '-inf', '1e400', '.'])('realOf() refuses [%s]', (text) =>
    expect(realOf(text)).toBeUndefined(),
  );
});

describe('isUndefined()', () => {
  it.each(['INDEF', 'none', 'Undef', 'UNDEFINED'])('isUndefined() holds %s undefined where the type allows', (text) => {
    const types: ParameterType[] = ['b', 'i', 'r', 's', 'f', 'fr', 'fw', 'fe', 'fn', 't'];
    expect(types.filter((type) => isUndefined({ type }, text))).toEqual(['i', 'r', 'f', 't']);
  });
  it('isUndefined() holds an empty file name undefined, and no other empty text', () => {
    expect(isUndefined({ type: 'f' }, '')).toBe(true);
    expect(isUndefined({ type: 's' }, '')).toBe(false);
    expect(isUndefined({ type: 'fr' }, '')).toBe(false);
  });
});

describe('storedText()', () => {
  it('storedText() replaces the infinite words of an integer only', () => {
    expect(storedText({ type: 'i' }, 'inf')).toBe('9223372036854775807');
    expect(storedText({ type: 'r' }, 'inf')).toBe('inf');
    expect(storedText({ type: 'i' }, ' 3')).toBe(' 3');
  });
});

describe('valueFault()', () => {
  it.each<[string, ValueRules, string[], string[]]>([
    ['a range', rules('i', '0', '4'), ['0', '4', 'INDEF'], ['-1', '5', 'INF', '3abc', '']],
    ['a range of reals', rules('r', '0', '180'), ['0', '180.0', 'none'], ['180.1', 'nan', '5deg']],
    ['a lone minimum', rules('i', '1'), ['1', '2'], ['0']],
    ['a lone maximum', rules('r', '', '2.5'), ['-1e9', '2.5'], ['2.6', 'NAN']],
    ['options of integers', rules('i', '0|1|2'), ['0', ' 1', '02'], ['3', '1.0', '0|1']],
    ['options of strings', rules('s', 'A| B |x'), ['a', 'B', 'X'], ['', 'C', ' A']],
    ['one option of a string', rules('s', 'A'), ['a'], ['b']],
    ['options of file names', rules('f', 'A|NONE'), ['A', 'NONE'], ['a', 'none']],
    ['any real', rules('r'), ['1', 'INF', 'NAN', 'UNDEF'], ['abc', '']],
    ['a boolean', rules('b'), ['yes', 'F'], ['1', '']],
    ['a string', rules('s'), ['', 'NONE', '3,"'], []],
  ])('valueFault() checks %s', (_what, rule, good, bad) => {
    expect(good.filter((text) => valueFault(rule, text) !== undefined)).toEqual([]);
    expect(bad.filter((text) => valueFault(rule, text) === undefined)).toEqual([]);
  });

  it.each([
    [rules('i', '0', '4'), 'Parameter "p" cannot be "x": it must be a whole number from 0 to 4.'],
    [rules('r', '1'), 'Parameter "p" cannot be "x": it must be a number, at least 1.'],
    [rules('r', '', '9'), 'Parameter "p" cannot be "x": it must be a number, at most 9.'],
    [rules('i', '0|1'), 'Parameter "p" cannot be "x": it must be one of 0|1.'],
    [rules('b'), 'Parameter "p" cannot be "x": it must be y, yes, t, true, n, no, f or false.'],
  ])('valueFault() says what is needed (%#)', (rule, message) => {
    expect(valueFault(rule, 'x')).toBe(message);
  });
});

describe('boundsFault()', () => {
  it('boundsFault() refuses bounds that are no numbers, for numbers only', () => {
    expect(boundsFault(rules('i', '1', 'many'))).toContain('"many"');
    expect(boundsFault(rules('r', '1|two'))).toContain('"two"');
    expect(boundsFault(rules('s', 'one|two'))).toBeUndefined();
    expect(boundsFault(rules('r', '-1.5', '1e3'))).toBeUndefined();
  });
});
