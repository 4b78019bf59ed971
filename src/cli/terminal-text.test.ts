import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutEnd, cutMiddle, padText, textWidth } from './terminal-text.ts';

describe('textWidth()', () => {
  it.each([
    ['abc', 3],
    ['東京', 4],
    ['ｶﾅ', 2],
    ['한글', 4],
    ['e\u0301', 1],
    ['🔭', 2],
    ['❤\ufe0f', 2],
    ['a\u200bb', 2],
    ['Ω', 1],
  ])('of %j is %d', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('cutMiddle()', () => {
  it('keeps more of the end', () => {
    expect(cutMiddle('data/hess_dl3_dr1_obs_id_020136.fits.gz', 20)).toBe('data/h…20136.fits.gz');
    expect(cutMiddle('short', 20)).toBe('short');
    expect(cutMiddle('東京東京東京', 7)).toBe('東…東京');
    expect(cutMiddle('abc', 0)).toBe('');
  });

  it('never takes more cells than there are, and neither does cutEnd()', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 40 }), (value, width) => {
        for (const cut of [cutMiddle, cutEnd]) expect(textWidth(cut(value, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('padText()', () => {
  it('fills by cells', () => {
    expect([padText('東', 4), padText('ab', 4, true), padText('abcd', 2)]).toEqual(['東  ', '  ab', 'abcd']);
  });
});
