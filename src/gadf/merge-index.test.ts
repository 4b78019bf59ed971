import { describe, expect, it } from 'vitest';
import { type BinTable, buildTable } from '../fits/index.ts';
import { mergeIndex } from './merge-index.ts';

function observations(ids: readonly number[], version: string | undefined): BinTable {
  return buildTable({
    name: 'OBS_INDEX',
    columns: [{ name: 'OBS_ID', form: '1K', values: ids }],
    cards: [['HDUCLASS', 'GADF'], ...(version === undefined ? [] : [['HDUVERS', version] as const])],
  });
}

describe('mergeIndex()', () => {
  it.each([
    ['0.3', '0.3', '0.3'],
    ['0.3', 'v0.3', '0.3'],
    ['0.3', '0.2', '0.2'],
    ['0.3', undefined, '0.2'],
    ['0.2', '0.3', '0.2'],
    [undefined, '0.2', undefined],
  ])('makes of HDUVERS %s and %s a table of %s', (local, remote, wanted) => {
    const tables = {
      local: observations([1], local),
      localUri: 'a',
      remote: observations([2], remote),
      remoteUri: 'b',
      prefer: 'remote',
    } as const;
    expect(
      mergeIndex({ ...tables, remoteRows: Uint32Array.of(0) })
        .join()
        .header.get('HDUVERS'),
    ).toBe(wanted);
    expect(
      mergeIndex({ ...tables, remoteRows: new Uint32Array() })
        .join()
        .header.get('HDUVERS'),
    ).toBe(local);
  });
});
