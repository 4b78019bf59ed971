import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue, splitFields } from './par-line.ts';

const texts = (line: string): string[] | undefined => splitFields(line)?.map(({ text }) => text);

describe('splitFields()', () => {
  it('splitFields() strips blanks, tabs and carriage returns around a field, then quotes', () => {
    expect(texts('rad,  r,\ta, 2.5,,, "Search radius (deg)"  \r')).toEqual([
      'rad',
      'r',
      'a',
      '2.5',
      '',
      '',
      'Search radius (deg)',
    ]);
  });

  it('splitFields() keeps commas and blanks inside quotes', () => {
    expect(texts('a, "  x, y ", b')).toEqual(['a', '  x, y ', 'b']);
  });

  it('splitFields() keeps the last character of a line without quotes', () => {
    expect(texts('a,Unquoted')).toEqual(['a', 'Unquoted']);
  });

  it('splitFields() refuses an open quote', () => {
    expect(splitFields('a, "b, c')).toBeUndefined();
  });

  it.each([
    ['""NONE""', 'NONE'],
    ['""', ''],
    ['"say ""yes"""', 'say "yes"'],
    ['a "b, c" d', 'a "b, c" d'],
    ['a""b', 'a""b'],
  ])('splitFields() reads %s as %s', (raw, value) => {
    expect(texts(`n,${raw},m`)).toEqual(['n', value, 'm']);
  });
});

describe('encodeValue()', () => {
  it.each([
    ['plain.fits', 'plain.fits'],
    ['with blank inside', 'with blank inside'],
    ['', ''],
    ['/data/a,b', '"/data/a,b"'],
    [' leading', '" leading"'],
    ['\ttab', '"\ttab"'],
    ['a "quoted" word', 'a "quoted" word'],
    ['a "b", c', '"a "b", c"'],
    ['odd"', '"odd"""'],
    ['"ends"', '"""ends"""'],
    ['5" x, y', '"5"" x, y"'],
  ])('encodeValue() writes [%s] as [%s]', (value, form) => {
    expect(encodeValue(value)).toBe(form);
  });

  it('encodeValue() refuses a line break', () => {
    expect(encodeValue('a\nb')).toBeUndefined();
  });

  it('encodeValue() writes what splitFields() reads back, for any text on one line', () => {
    const hard = fc.string({
      unit: fc.constantFrom('"', ',', ' ', '\t', '\r', '#', 'a', 'é', "'", '\\'),
      maxLength: 12,
    });
    const any = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll('\n', ''));
    fc.assert(
      fc.property(fc.oneof(hard, any), (value) => {
        const fields = splitFields(`n, s, a,${encodeValue(value)},,, "p"`);
        expect(fields?.map(({ text }) => text)).toEqual(['n', 's', 'a', value, '', '', 'p']);
      }),
      { numRuns: 500 },
    );
  });
});
