import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { formatJson, JsonNumber, jsonFrom, MAX_JSON_DEPTH, MAX_JSON_VALUES, parseJson } from './json.ts';

const parse = (text: string) => parseJson(text, 'master.json');

describe('parseJson()', () => {
  it.each(['48.0', '1e5', '-0', '2.50', '123456789012345678901234567890', 'NaN', '-Infinity'])(
    'keeps the spelling of %s',
    (text) => {
      expect(formatJson(parse(`[${text}]`))).toBe(`[\n  ${text}\n]`);
    },
  );

  it('keeps the order of keys, and of a key given twice the last value', () => {
    expect(formatJson(parse('{"b": 1, "2": 2, "a": 3, "b": 4}'))).toBe('{\n  "b": 4,\n  "2": 2,\n  "a": 3\n}');
  });

  it('takes a byte-order mark and a key that JavaScript objects treat specially', () => {
    expect(formatJson(parse('\ufeff{"__proto__": {"x": []}}'))).toBe('{\n  "__proto__": {\n    "x": []\n  }\n}');
  });

  it.each([
    ['{"a": 1,}', 'line 1, column 9'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3'],
    ['{"a": "x\ny"}', 'line 1, column 7'],
    ['[1, 2', 'line 1, column 6'],
    ['{a: 1}', 'line 1, column 2'],
    ['[01]', 'line 1, column 3'],
    ['"\\x"', 'line 1, column 1'],
    ['', 'line 1, column 1'],
    ['{} {}', 'line 1, column 4'],
  ])('names the place of the fault in %j', (text, place) => {
    expect(() => parse(text)).toThrow(place);
  });

  it('refuses nesting that would exhaust the stack', () => {
    expect(() => parse('['.repeat(100_000))).toThrow(/500 levels/);
  });

  it('throws nothing but its own error', () => {
    const jsonLike = fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0019eE+-.ntfrutalse \n\u0007') });
    fc.assert(
      fc.property(jsonLike, (text) => {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(IactError);
        }
      }),
    );
  });

  it('agrees with JSON.parse on every JSON text', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(formatJson(parse(text)))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('formatJson()', () => {
  it('writes everything outside printable ASCII as Python does', () => {
    expect(formatJson(['é\u007f\u0000"\\\n😀'])).toBe('[\n  "\\u00e9\\u007f\\u0000\\"\\\\\\n\\ud83d\\ude00"\n]');
  });

  it('writes empty lists and objects on one line', () => {
    expect(formatJson(parse('{"a": [ ], "b": { }}'))).toBe('{\n  "a": [],\n  "b": {}\n}');
  });
});

describe('jsonFrom()', () => {
  it('takes ordinary values', () => {
    expect(formatJson(jsonFrom({ a: [1, true, null, 'x', new JsonNumber('1.0')] }))).toBe(
      '{\n  "a": [\n    1,\n    true,\n    null,\n    "x",\n    1.0\n  ]\n}',
    );
  });
});

describe('parseJson() of too much', () => {
  const message = (text: string): string => {
    try {
      parseJson(text, 'x.json');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('stops at a number of values, and takes just as many', () => {
    // The list itself is one of them.
    const list = (count: number) => `[${'1,'.repeat(count - 2)}1]`;
    expect(message(list(MAX_JSON_VALUES))).toBe('');
    expect(message(list(MAX_JSON_VALUES + 1))).toMatch(/at most 1000000 values$/);
  });

  it('stops at a number of brackets in each other', () => {
    expect(message('['.repeat(MAX_JSON_DEPTH) + ']'.repeat(MAX_JSON_DEPTH))).toBe('');
    expect(message('['.repeat(100_000))).toMatch(/column 502: found .*at most 500 levels/);
  });

  it('tells line and column behind many lines', () => {
    expect(message(`{\n"a": 1,\n\n  !`)).toMatch(/line 4, column 3: found "!"/);
    expect(message(`${'\n'.repeat(100_000)}!`)).toMatch(/line 100001, column 1/);
  });
});
