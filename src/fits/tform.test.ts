import { describe, expect, it } from 'vitest';
import { formatTForm, parseTForm } from './tform.ts';

describe('parseTForm()', () => {
  it.each([
    ['J', { code: 'J', repeat: 1, bytes: 4 }],
    ['20A', { code: 'A', repeat: 20, bytes: 20 }],
    ['0D', { code: 'D', repeat: 0, bytes: 0 }],
    ['1X', { code: 'X', repeat: 1, bytes: 1 }],
    ['17X', { code: 'X', repeat: 17, bytes: 3 }],
    ['3M  ', { code: 'M', repeat: 3, bytes: 48 }],
    ['2e', { code: 'E', repeat: 2, bytes: 8 }],
    ['60A12', { code: 'A', repeat: 60, substring: 12, bytes: 60 }],
    ['6E2', { code: 'E', repeat: 6, substring: undefined, bytes: 24 }],
    ['6A12', { code: 'A', repeat: 6, substring: undefined, bytes: 6 }],
    ['PE(7)', { code: 'P', repeat: 1, elementCode: 'E', maxLength: 7, bytes: 8 }],
    ['1QX', { code: 'Q', repeat: 1, elementCode: 'X', maxLength: undefined, bytes: 16 }],
    ['0PA(0)', { code: 'P', repeat: 0, elementCode: 'A', maxLength: 0, bytes: 0 }],
  ])('parseTForm() reads "%s"', (text, form) => {
    expect(parseTForm(text)).toMatchObject(form);
  });

  it.each(['', 'Z', '-1J', '1.5J', '2PE(1)', 'P', 'PP', '1234567890123456J', 'A20'.slice(1)])(
    'parseTForm() refuses "%s"',
    (text) => {
      expect(parseTForm(text)).toBeUndefined();
    },
  );
});

describe('formatTForm()', () => {
  it.each(['1J', '60A12', '1PE(7)', '1QX', '0D'])('formatTForm() writes "%s" as it was read', (text) => {
    const form = parseTForm(text);
    expect(form && formatTForm(form)).toBe(text);
  });
});
