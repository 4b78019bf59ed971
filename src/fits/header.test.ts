import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { Header, setCards } from './header.ts';
import { headerBytes, record } from './testing/files.ts';

const RECORDS = [
  'SIMPLE  =                    T',
  "oddcase =    'kept as it is'   /   odd",
  'COMMENT first',
  'DUP     = 1',
  'COMMENT second',
  'DUP     = 2',
  "EXTNAME = 'EVENTS'",
  "LONG    = 'one &'",
  "CONTINUE  'two' / c",
  'BROKEN  = 1 2',
  'EMPTY   =',
  'FLOAT   = 2.5',
  'BIG     = 9007199254740993',
];

function parse(records: readonly string[] = RECORDS): Header {
  return Header.parse(headerBytes(records), 'x.fits').header;
}

describe('Header', () => {
  it('Header.card() finds before all cards are parsed what it finds after', () => {
    const piece = fc.constantFrom(
      ...RECORDS,
      "HIERARCH LONG NAME = 'x'",
      "NEXT    = 'a&'",
      "CONTINUE  'b&'",
      'CONTINUE',
      '',
    );
    const keywords = [
      'simple',
      'DUP',
      'LONG',
      'Long Name',
      'HIERARCH LONG NAME',
      'NEXT',
      'CONTINUE',
      'COMMENT',
      '',
      'NONE',
    ];
    const call = fc.record({ keyword: fc.constantFrom(...keywords), change: fc.boolean() });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(call, { maxLength: 6 }), (records, calls) => {
        const [lazy, parsed] = [parse(records), parse(records)];
        expect(parsed.cards.flatMap(({ images }) => images).map((image) => image.trimEnd())).toEqual(
          records.map((text) => text.trimEnd()),
        );
        for (const { keyword, change } of calls) {
          expect(lazy.card(keyword)).toEqual(parsed.card(keyword));
          if (!change) continue;
          for (const header of [lazy, parsed]) header.set('DUP', keyword);
          expect(lazy.encode()).toEqual(parsed.encode());
        }
        expect(lazy.cards).toEqual(parsed.cards);
      }),
    );
  });

  it('Header.get() gives the value that Header.card() has, whatever a record holds', () => {
    const piece = fc.constantFrom(...`' '' / & ( , ) T F 1 9007199254740993 - + . E5 D-3 a ä`.split(' '), ' ', '  ');
    const start = fc.constantFrom(
      'KEY     = ',
      'KEY     =',
      'key     = ',
      'HIERARCH A KEY =',
      'CONTINUE  ',
      'COMMENT ',
    );
    const line = fc
      .tuple(start, fc.array(piece, { maxLength: 12 }))
      .map(([first, pieces]) => `${first}${pieces.join('')}`.slice(0, 80));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (records) => {
        for (const keyword of ['KEY', 'A KEY', 'CONTINUE', 'COMMENT']) {
          expect(parse(records).get(keyword)).toEqual(parse(records).card(keyword)?.value);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('Header.parse() counts whole blocks from its offset', () => {
    const one = headerBytes(RECORDS);
    const two = headerBytes(Array.from({ length: 36 }, (_, i) => `KEY${i}    = ${i}`.padEnd(10)));
    expect(Header.parse(one, 'x.fits').byteLength).toBe(2880);
    expect(two).toHaveLength(5760);
    const bytes = new Uint8Array([...one, ...two]);
    expect(Header.parse(bytes, 'x.fits', 2880).byteLength).toBe(5760);
    expect(Header.parse(bytes, 'x.fits', 2880).header.cards).toHaveLength(36);
  });

  it('Header.parse() refuses bytes without END', () => {
    const bytes = headerBytes(RECORDS).subarray(0, 80 * RECORDS.length);
    expect(() => Header.parse(bytes, 'x.fits')).toThrow(
      'Cannot read a FITS header of "x.fits" at byte 0: no END record within 13 records',
    );
    expect(() => Header.parse(new Uint8Array(0), 'x.fits')).toThrow(IactError);
  });

  it('Header.encode() gives the very bytes that were parsed', () => {
    expect(parse().encode()).toEqual(headerBytes(RECORDS));
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 80, maxLength: 80 }), { maxLength: 80 }), (records) => {
        const texts = records.map((bytes) => Buffer.from(bytes).toString('latin1'));
        fc.pre(!texts.some((text) => text.startsWith('END      ')));
        expect(parse(texts).encode()).toEqual(headerBytes(texts));
      }),
    );
  });

  it('Header.get() finds the first card of a keyword in any case', () => {
    const header = parse();
    expect(header.get('dup')).toBe(1);
    expect(header.get('ODDCASE')).toBe('kept as it is');
    expect(header.get('ABSENT')).toBeUndefined();
    expect(header.has('EMPTY')).toBe(true);
    expect(header.get('EMPTY')).toBeUndefined();
  });

  it('Header.integer() and its like give values of their type only', () => {
    const header = parse();
    expect(header.string('LONG')).toBe('one two');
    expect(header.number('FLOAT')).toBe(2.5);
    expect(header.number('BIG')).toBe(9007199254740992);
    expect(header.integer('DUP')).toBe(1);
    expect(header.boolean('SIMPLE')).toBe(true);
    expect(header.integer('EMPTY')).toBeUndefined();
    expect(header.string('ABSENT')).toBeUndefined();
    expect(() => header.integer('FLOAT')).toThrow(
      'Cannot read the keyword "FLOAT" of HDU "EVENTS" in "x.fits": found 2.5, needed an integer',
    );
    expect(() => header.string('DUP')).toThrow(/found 1, needed a string/);
    expect(() => header.number('LONG')).toThrow(/found 'one two', needed a number/);
    expect(() => header.boolean('DUP')).toThrow(/needed a logical/);
    expect(() => header.integer('BIG')).toThrow(/found 9007199254740993/);
    expect(() => header.number('BROKEN')).toThrow(/found "1 2" is not a FITS value/);
  });

  it('Header.set() replaces in place, keeps the comment, and leaves every other byte alone', () => {
    const header = parse();
    header.set('ODDCASE', 'new');
    header.set('LONG', 'short');
    const expected = [...RECORDS];
    expected[1] = "ODDCASE = 'new     '           /   odd";
    expected.splice(7, 2, "LONG    = 'short   '           / c");
    expect(header.encode()).toEqual(headerBytes(expected));
  });

  it('Header.set() appends what is new, and it can be had at once', () => {
    const header = parse();
    header.set('new', 5, 'five');
    expect(header.get('NEW')).toBe(5);
    expect(header.cards.at(-1)?.images).toEqual([record('NEW     =                    5 / five')]);
    header.set('A', 'tail  ');
    expect(header.get('A')).toBe('tail');
  });

  it('Header.insertAfter() puts a new card behind the last of its anchor', () => {
    const header = parse();
    header.insertAfter('DUP', 'X', 1);
    expect(header.cards.map((card) => card.keyword).indexOf('X')).toBe(6);
    expect(header.get('EXTNAME')).toBe('EVENTS');
    header.insertAfter('ABSENT', 'Y', 2);
    expect(header.cards.at(-1)?.keyword).toBe('Y');
    header.insertAfter('SIMPLE', 'X', 3);
    expect(header.cards.filter((card) => card.keyword === 'X').map((card) => card.value)).toEqual([3]);
  });

  it('Header.remove() removes all cards of a keyword', () => {
    const header = parse();
    expect(header.remove('dup')).toBe(true);
    expect(header.remove('DUP')).toBe(false);
    expect(header.has('DUP')).toBe(false);
    expect(header.get('EXTNAME')).toBe('EVENTS');
  });

  it('Header.clone() shares nothing that changes', () => {
    const header = parse();
    const copy = header.clone();
    copy.set('DUP', 9);
    copy.remove('SIMPLE');
    expect(header.get('DUP')).toBe(1);
    expect(header.has('SIMPLE')).toBe(true);
  });

  it('setCards() appends commentary and sets the rest', () => {
    const header = new Header();
    setCards(header, [
      ['HISTORY', 'a'],
      ['HISTORY', 'b'],
      ['COMMENT', 'c'],
      ['K', 1, 'k'],
    ]);
    expect(header.cards.map((card) => [card.keyword, card.comment])).toEqual([
      ['HISTORY', 'a'],
      ['HISTORY', 'b'],
      ['COMMENT', 'c'],
      ['K', 'k'],
    ]);
  });
});
