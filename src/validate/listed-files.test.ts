import { describe, expect, it } from 'vitest';
import { type IndexRows, NO_ROWS } from './index-rows.ts';
import { groupsByFiles, ListedFiles } from './listed-files.ts';

/** An HDU index whose rows name these files; `-` is a row of no file, `!x` one of no observation. */
function indexOf(names: string): IndexRows {
  const paths = names.split(' ').filter((name) => name !== '');
  return {
    ...NO_ROWS,
    count: paths.length,
    id: (row) => (paths[row]?.startsWith('!') ? '' : 1),
    path: (row) => (paths[row] === '-' ? undefined : paths[row]),
  };
}

function filesOf(...indexes: string[]) {
  const files = new ListedFiles(indexes.map(indexOf));
  return Array.from({ length: files.count }, (_, file) => files.at(file)).map(
    ({ path, listings }) => `${path}: ${listings.map(({ index, rows }) => `${index}[${rows}]`).join(' ')}`,
  );
}

describe('ListedFiles', () => {
  it('has each file once, with the rows of each index that name it', () => {
    expect(filesOf('b a b', '', '- a !b', 'c b c')).toEqual(['b: 0[0,2] 3[1]', 'a: 0[1] 2[1]', 'c: 3[0,2]']);
    expect(filesOf()).toEqual([]);
    expect(filesOf('- !a')).toEqual([]);
  });
});

describe('groupsByFiles()', () => {
  const groups = (...items: string[]) => groupsByFiles(items, (item) => item.split(',').map(indexOf));

  it('puts together what has a file in common, also by way of others', () => {
    expect(groups('a', 'b', 'c')).toEqual([['a'], ['b'], ['c']]);
    expect(groups('a b', 'c', 'x,b', 'd')).toEqual([['a b', 'x,b'], ['c'], ['d']]);
    expect(groups('a', 'x', 'b', 'y x', 'b a')).toEqual([
      ['a', 'b', 'b a'],
      ['x', 'y x'],
    ]);
    expect(groups('a', '!a', '-')).toEqual([['a'], ['!a'], ['-']]);
    expect(groups('a')).toEqual([['a']]);
    expect(groups()).toEqual([]);
  });
});
