import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from './errors.ts';
import { printable, printableLines, shortened } from './printable.ts';

const TERMINAL_OBEYS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

describe('printable()', () => {
  it.each([
    ['ordinary name.fits', 'ordinary name.fits'],
    ['Crab\u00e9 \u03b1 \u{1f680}', 'Crab\u00e9 \u03b1 \u{1f680}'],
    ['two\nlines\r\tand a tab', 'two\\nlines\\r\\tand a tab'],
    ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
    ['\u009b31m \u007f', '\\u009b31m \\u007f'],
    ['gz.\u202estif', 'gz.\\u202estif'],
    ['half \ud800 pair', 'half \\ud800 pair'],
    ['C:\\n is no line', 'C:\\n is no line'],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('leaves nothing that a terminal obeys, and does the same twice as once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(TERMINAL_OBEYS);
        expect(printable(shown)).toBe(shown);
        expect(printableLines(text).split('\n')).toEqual(text.split('\n').map(printable));
      }),
    );
  });
});

describe('shortened()', () => {
  it('keeps both ends of a long text', () => {
    expect(shortened('short')).toBe('short');
    const shown = shortened(`begin${'x'.repeat(4000)}end`);
    expect(shown).toHaveLength(239);
    expect(shown).toMatch(/^beginx+\.\.\.x+end$/);
  });
});

describe('IactError', () => {
  it('has a message in one line without control characters, whatever name is in it', () => {
    const error = new IactError('not-found', '"a\n\u001b[31mb" does not exist.');
    expect(error.message).toBe('"a\\n\\u001b[31mb" does not exist.');
  });

  it('keeps the lines of a message that has lines on purpose', () => {
    expect(new IactError('usage', 'one\n  two\u0007', { lines: true }).message).toBe('one\n  two\\u0007');
  });
});
