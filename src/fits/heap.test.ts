import { describe, expect, it } from 'vitest';
import { pairColumns } from './concat-pair.ts';
import { placeColumns, planColumns } from './concat-plan.ts';
import { putDescriptor } from './heap.ts';
import { tableOf } from './testing/tables.ts';

describe('putDescriptor()', () => {
  it('putDescriptor() refuses what P cannot hold, and writes 64 bits for Q', () => {
    const row = new Uint8Array(16);
    expect(putDescriptor(row, 0, 'P', 1, 2 ** 31)).toBe(false);
    expect(putDescriptor(row, 0, 'P', 2 ** 31, 0)).toBe(false);
    expect(row).toEqual(new Uint8Array(16));
    expect(putDescriptor(row, 0, 'P', 1, 2 ** 31 - 1)).toBe(true);
    expect([...row.subarray(0, 8)]).toEqual([0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff]);
    expect(putDescriptor(row, 0, 'Q', 2, 2 ** 33)).toBe(true);
    expect([...row]).toEqual([0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0]);
  });
});

describe('placeColumns()', () => {
  it('placeColumns() turns P into Q where the heap asks for it, and moves what follows', () => {
    const table = tableOf([
      { name: 'P', form: 'PE', values: [[1]] },
      { name: 'J', form: 'J', values: [1] },
    ]);
    const planned = planColumns(pairColumns([{ table }]));
    const shape = (wide: boolean): unknown[] =>
      placeColumns(planned, wide).columns.map(({ form, offset }) => [form.code, form.elementCode, offset]);
    expect(shape(false)).toEqual([
      ['P', 'E', 0],
      ['J', undefined, 8],
    ]);
    expect(shape(true)).toEqual([
      ['Q', 'E', 0],
      ['J', undefined, 16],
    ]);
    expect(placeColumns(planned, true).rowBytes).toBe(20);
  });
});
