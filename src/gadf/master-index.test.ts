import { describe, expect, it } from 'vitest';
import { formatMasterIndex, parseMasterIndex, withDatasets } from './master-index.ts';

const parse = (text: string) => parseMasterIndex(text, 'master.json');

describe('parseMasterIndex()', () => {
  it('keeps an entry that lacks keys, beside the good ones', () => {
    const { datasets } = parse('{"datasets": [{"name": "a"}, {"name": 5, "hduindx": "h", "obsindx": "o"}]}');
    expect(datasets.map(({ name, hduindx, obsindx }) => [name, hduindx, obsindx])).toEqual([
      ['a', undefined, undefined],
      [undefined, 'h', 'o'],
    ]);
  });

  it.each([
    ['', 'is empty'],
    [' \n', 'is empty'],
    ['{"sets": []}', 'Key "datasets" not available'],
    ['{"datasets": {}}', 'must be a list'],
    ['[]', 'must hold a JSON object'],
    ['{"datasets": ["x"]}', 'Entry 1 of "datasets"'],
    ['<html>', 'is not valid JSON'],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe('withDatasets()', () => {
  it('keeps what else the file holds', () => {
    const master = parse('{"server": "x", "datasets": [{"name": "a", "hduindx": "h", "obsindx": "o", "n": 48.0}]}');
    expect(formatMasterIndex(withDatasets(master, master.datasets))).toBe(formatMasterIndex(master));
    expect(formatMasterIndex(withDatasets(master, []))).toBe('{\n  "server": "x",\n  "datasets": []\n}');
  });
});
