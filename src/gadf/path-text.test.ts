import { describe, expect, it } from 'vitest';
import { pathOfText, textOfPath } from './path-text.ts';

/** Bytes as the text of a table has them. */
const text = (...bytes: readonly number[]): string => String.fromCharCode(...bytes);

describe('pathOfText()', () => {
  it('leaves ASCII as it is', () => {
    expect(pathOfText('data/a b~.fits')).toBe('data/a b~.fits');
    expect(pathOfText('')).toBe('');
  });

  it('reads UTF-8, also a byte-order mark as the character that it is', () => {
    expect(pathOfText(text(0x64, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x94, 0xad))).toBe('dé€🔭');
    expect(pathOfText(text(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  });

  it('takes for Latin-1 what is no UTF-8: a single byte, a character that is cut off, one that is too long', () => {
    for (const bytes of [[0x64, 0xe9], [0xc3], [0x61, 0xe2, 0x82], [0xc0, 0xaf]]) {
      expect(pathOfText(text(...bytes))).toBe(text(...bytes));
    }
  });
});

describe('textOfPath()', () => {
  it('gives the bytes of UTF-8, which are read as the same path', () => {
    expect(textOfPath('a.fits')).toBe('a.fits');
    expect(textOfPath('dé')).toBe(text(0x64, 0xc3, 0xa9));
    for (const path of ['é', 'Ã©', '観測/€.fits', 'e\u0301', '🔭']) expect(pathOfText(textOfPath(path))).toBe(path);
  });
});
