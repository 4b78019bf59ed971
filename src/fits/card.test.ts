import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Card, parseCard, parseCards } from './card.ts';
import { encodeCard, encodeCommentary } from './card-encode.ts';
import type { CardValue } from './card-value.ts';
import { record } from './testing/files.ts';

function parse(...records: string[]): Pick<Card, 'keyword' | 'value' | 'comment' | 'fault'> {
  const { keyword, value, comment, fault } = parseCard(records.map(record));
  return { keyword, value, comment, fault };
}

const good = (keyword: string, value: CardValue, comment = ''): ReturnType<typeof parse> => ({
  keyword,
  value,
  comment,
  fault: undefined,
});

describe('parseCard()', () => {
  it.each<[string, CardValue, string]>([
    ["OBJECT  = 'Crab    '           / target", 'Crab', 'target'],
    ["A       = 'it''s'", "it's", ''],
    ["A       = ''''", "'", ''],
    ["A       = ''", '', ''],
    ["A       = '  x'", '  x', ''],
    ["A       = 'a / b' / c / d", 'a / b', 'c / d'],
    ["A       = 'tail&'", 'tail&', ''],
    ['A       =                    T / yes', true, 'yes'],
    ['A       = F', false, ''],
    ['A       =                   42', 42, ''],
    ['A       = -0', 0, ''],
    ['A       = +7/tight', 7, 'tight'],
    ['A       = 9007199254740991', 9007199254740991, ''],
    ['A       = 9007199254740993', 9007199254740993n, ''],
    ['A       = -9223372036854775808', -9223372036854775808n, ''],
    ['A       = 1.', 1, ''],
    ['A       = .5', 0.5, ''],
    ['A       = -1.5D-3', -0.0015, ''],
    ['A       = 1e3', 1000, ''],
    ['A       = (1.5, -2)', { re: 1.5, im: -2 }, ''],
    ['A       =', undefined, ''],
    ['A       =            / only a comment', undefined, 'only a comment'],
  ])('parseCard() reads %s', (text, value, comment) => {
    expect(parse(text)).toEqual(good(text.slice(0, 8).trimEnd(), value, comment));
  });

  it.each([
    ['A       = 1 2', '"1 2" is not a FITS value'],
    ['A       = Crab', '"Crab" is not a FITS value'],
    ['A       = 1E999', '"1E999" is not a FITS value'],
    ['A       = (1, 2', '"(1, 2" is not a FITS value'],
    ['A       = TRUE', '"TRUE" is not a FITS value'],
    ["A       = 'open", 'the string has no closing quote'],
  ])('parseCard() reports the fault of %s and gives no value', (text, fault) => {
    expect(parse(text)).toMatchObject({ value: undefined, fault });
  });

  it('parseCard() takes commentary records as text, whatever they look like', () => {
    expect(parse('COMMENT = 5')).toEqual(good('COMMENT', undefined, '= 5'));
    expect(parse('HISTORY it was')).toEqual(good('HISTORY', undefined, 'it was'));
    expect(parse('        blank')).toEqual(good('', undefined, 'blank'));
    expect(parse('NOVALUE   text')).toEqual(good('NOVALUE', undefined, '  text'));
    expect(parse('NOBLANK =5')).toEqual(good('NOBLANK', undefined, '=5'));
  });

  it('parseCard() reads HIERARCH keywords, and takes one without a value as commentary', () => {
    expect(parse("HIERARCH ESO TEL FOCU = 'x' / y")).toEqual(good('ESO TEL FOCU', 'x', 'y'));
    expect(parse('HIERARCH a=1')).toEqual(good('a', 1));
    expect(parse("HIERARCH 'quoted = 1'")).toMatchObject({ keyword: 'HIERARCH', value: undefined });
  });

  it('parseCard() joins CONTINUE records and their comments', () => {
    const records = ["A       = 'one &' / first", "CONTINUE  'two&'", "CONTINUE  ' three  ' / last", 'B       = 1'];
    const [card, next] = parseCards(records.map(record));
    expect(card).toMatchObject({ value: 'one two three', comment: 'first last' });
    expect(card?.images).toHaveLength(3);
    expect(next?.keyword).toBe('B');
  });

  it('parseCard() keeps an ampersand that nothing continues', () => {
    expect(parse("A       = 'x&'", 'CONTINUE  no string')).toMatchObject({ value: 'x&' });
    expect(parse("A       = 'x&'", "B       = 'y'")).toMatchObject({ value: 'x&' });
    expect(parse("A       = 'x&'", "CONTINUE= 'y'")).toMatchObject({ value: 'x&' });
    expect(parse("A       = 'x&'", "CONTINUE  'y&'", 'B = 1')).toMatchObject({ value: 'xy&' });
  });
});

const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
const longText = fc.string({ unit: fc.constantFrom("'", '&', ' ', 'a', '/'), minLength: 50, maxLength: 300 });
const text = fc.oneof(printable, longText).map((value) => value.replace(/ +$/, ''));
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const cardValue: fc.Arbitrary<CardValue> = fc.oneof(
  text,
  finite,
  fc.maxSafeInteger(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
  fc.boolean(),
  fc.record({ re: finite, im: finite }, { noNullPrototype: true }),
  fc.constant(undefined),
);
const keyword = fc.oneof(
  fc.stringMatching(/^[A-Z0-9_-]{1,8}$/).filter((name) => !/^(END|COMMENT|HISTORY|CONTINUE|HIERARCH)$/.test(name)),
  fc.stringMatching(/^[A-Z0-9]{1,4}( [A-Z0-9]{1,4}){1,2}$/),
);

describe('encodeCard()', () => {
  it('encodeCard() then parseCards() is the identity', () => {
    fc.assert(
      fc.property(keyword, cardValue, (name, value) => {
        const records = encodeCard(name, value, 'note');
        expect(records.every((each) => /^[ -~]{80}$/.test(each))).toBe(true);
        const cards = parseCards([...records, record('NEXT    = 1')]);
        expect(cards).toHaveLength(2);
        expect(cards[0]).toMatchObject({ keyword: name, fault: undefined, images: records });
        expect(cards[0]?.value).toEqual(value);
      }),
      { numRuns: 2000 },
    );
  });

  it('encodeCard() writes fixed format: numbers end at column 30, strings have 8 characters', () => {
    expect(encodeCard('NAXIS', 2, 'axes')).toEqual([record('NAXIS   =                    2 / axes')]);
    expect(encodeCard('A', true, '')).toEqual([record('A       =                    T')]);
    expect(encodeCard('A', 'x', 'c')).toEqual([record("A       = 'x       '           / c")]);
    expect(encodeCard('A', 1e-7, '')).toEqual([record('A       =                 1E-7')]);
    expect(encodeCard('A', 1e20, '')).toEqual([record('A       = 100000000000000000000.0')]);
    expect(encodeCard('A', -0, '')).toEqual([record('A       =                 -0.0')]);
    expect(encodeCard('A', { re: 1, im: -0.5 }, '')).toEqual([record('A       =          (1.0, -0.5)')]);
    expect(encodeCard('LONG KEY', 1, 'c')).toEqual([record('HIERARCH LONG KEY = 1 / c')]);
  });

  it('encodeCard() keeps the comment of a continued string on a record of its own if need be', () => {
    const comment = 'c'.repeat(40);
    for (let length = 60; length < 220; length += 1) {
      const card = parseCard(encodeCard('A', 'x'.repeat(length), comment));
      expect(card.value).toBe('x'.repeat(length));
      if (card.images.length > 1) expect(card.comment).toBe(comment);
    }
  });

  it('encodeCard() cuts a comment at the end of its record and replaces what is no ASCII in it', () => {
    const [image] = encodeCard('A', 1, 'é'.repeat(100));
    expect(image).toBe(`A       =                    1 / ${'?'.repeat(47)}`);
  });

  it.each<[string, CardValue, RegExp]>([
    ['A', Number.NaN, /finite/],
    ['A', { re: 1, im: Number.POSITIVE_INFINITY }, /finite/],
    ['A', 'naïve', /ASCII/],
    ['A', 'a\nb', /ASCII/],
    ['', 1, /printable/],
    ['A=B', 1, /printable/],
    ['COMMENT', 'x', /takes no value/],
    ['X'.repeat(61), 1, /at most 60/],
    ['X'.repeat(60), 123456789, /80 are there/],
  ])('encodeCard() refuses the keyword "%s" with %s', (name, value, message) => {
    expect(() => encodeCard(name, value, '')).toThrow(message);
  });
});

describe('encodeCommentary()', () => {
  it('encodeCommentary() breaks text at 72 characters and at line ends', () => {
    const records = encodeCommentary('HISTORY', `${'a'.repeat(73)}\nb`);
    expect(records).toEqual([`HISTORY ${'a'.repeat(72)}`, record('HISTORY a'), record('HISTORY b')]);
    expect(encodeCommentary('COMMENT', '')).toEqual([record('COMMENT')]);
  });
});
