import { describe, expect, it } from 'vitest';
import { latin1, putLatin1 } from './records.ts';

describe('latin1()', () => {
  it.each([1, 199, 201, 300, 10_000])('makes one character of each byte, in texts of %d', (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
    const text = latin1(bytes, 0, length);
    expect(Array.from(text, (character) => character.charCodeAt(0))).toEqual([...bytes]);
    const back = new Uint8Array(length);
    putLatin1(back, 0, text);
    expect(back).toEqual(bytes);
  });
});
