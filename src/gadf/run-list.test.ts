import { describe, expect, it } from 'vitest';
import { parseRunList } from './run-list.ts';

const parse = (text: string) => parseRunList(text, 'runs.lis');

describe('parseRunList()', () => {
  it('reads what csfindobs writes, comments, blank lines, and any line ends', () => {
    const { entries } = parse('\ufeff# runs\n23523 \r\n\n  # more\n  23526\tCrab\r23559');
    expect(entries).toEqual([
      { text: '23523', value: 23523, line: 2 },
      { text: '23526', value: 23526, line: 5 },
      { text: '23559', value: 23559, line: 6 },
    ]);
  });

  it('takes the spellings that Python takes for an integer', () => {
    expect(parse('0023523\n+23526\n2_3559\n-1').entries.map(({ value }) => value)).toEqual([23523, 23526, 23559, -1]);
  });

  it('keeps IDs that are text, or beyond the integers that a double holds', () => {
    expect(parse('run_5\n123456789012345678901').entries.map(({ text, value }) => [text, value])).toEqual([
      ['run_5', undefined],
      ['123456789012345678901', undefined],
    ]);
  });

  it.each(['<html>', '"23523"', '23523,23526', '\u0000\u0001', '23523;'])(
    'names the line of the rubbish %j',
    (word) => {
      expect(() => parse(`23523\n${word}\n`)).toThrow('Run list "runs.lis", line 2: ');
    },
  );

  it.each(['', '\n\n', '# nothing\n'])('refuses %j, which names no observation, unless it may be empty', (text) => {
    expect(() => parse(text)).toThrow('names no observation');
    expect(parseRunList(text, 'runs.lis', { mayBeEmpty: true }).entries).toEqual([]);
  });
});
