import { describe, expect, it } from 'vitest';
import { isRunListId, MAX_RUN_LIST_ENTRIES, parseRunList } from './run-list.ts';

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

describe('parseRunList() of too much', () => {
  it('stops at a number of observations', () => {
    const text = '1\n'.repeat(MAX_RUN_LIST_ENTRIES);
    expect(() => parse(`${text}2`)).toThrow('names more than 5000000 observations. Leave it out to take all.');
  });

  it('reads many empty lines, and long ones, without keeping them', () => {
    expect(parse(`${'\r\n'.repeat(2_000_000)}7 ${'x '.repeat(1_000_000)}`).entries).toEqual([
      { text: '7', value: 7, line: 2_000_001 },
    ]);
    expect(() => parse('9'.repeat(5_000_000))).toThrow(/line 1: "9{60}\.\.\." is no observation ID/);
  });

  it.each(['\n', '\r', '\r\n'])('counts lines that end in %j', (end) => {
    expect(parse(['1', '', ' ', '#', '\t2 x', '3'].join(end)).entries.map(({ line }) => line)).toEqual([1, 5, 6]);
  });
});

describe('isRunListId()', () => {
  it.each(['23523', '-1', 'run_5', 'a.b:c/d'])('takes %j, which is read back', (id) => {
    expect(isRunListId(id)).toBe(true);
    expect(parse(`${id} \n`).entries.map(({ text }) => text)).toEqual([id]);
  });

  it.each(['', 'a b', '1\n2', '#5', 'a\u001b[2J', '"', 'x'.repeat(1001)])('does not take %j', (id) => {
    expect(isRunListId(id)).toBe(false);
  });
});
