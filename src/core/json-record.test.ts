import { describe, expect, it } from 'vitest';
import { jsonRecord } from './json-record.ts';

describe('jsonRecord()', () => {
  it('takes objects, and nothing else', () => {
    expect(jsonRecord('{"path":"a","size":1}')).toEqual({ path: 'a', size: 1 });
    for (const line of ['', '{"path":"a', 'null', '7', '"text"']) expect(jsonRecord(line)).toBeUndefined();
  });
});
