import type { Card } from '../../fits/index.ts';
import type { Rule } from '../rule.ts';

const KEYWORD = /^[A-Z0-9_-]{0,8}$/;

export const fitsCards: Rule = {
  code: 'fits-cards',
  severity: 'warning',
  title: 'A card of a header is not written as the standard wants it.',
  detail:
    'Characters outside printable ASCII, keywords with other characters than A-Z, 0-9, "-" and "_" (but for HIERARCH), ' +
    'values that are neither text, number, logical nor complex, texts without closing quote, exponents in lower case.',
  clause: 'FITS 4.0 §4.1, §4.2',
  checks: {
    hdu: ({ place, header }, report) => {
      const faults = new Map<string, Card[]>();
      for (const card of header.cards) {
        const fault = faultOf(card);
        if (fault === undefined) continue;
        const known = faults.get(fault);
        if (known === undefined) faults.set(fault, [card]);
        else known.push(card);
      }
      for (const [fault, cards] of faults) {
        const names = cards.slice(0, 5).map(({ keyword }) => keyword || '(blank)');
        const listed =
          cards.length > names.length
            ? `${names.join(', ')} and ${cards.length - names.length} more`
            : names.join(', ');
        report(place, {
          message: `${listed}: ${fault}.`,
          card: cards[0]?.keyword,
          ...(cards.length > 1 && { count: cards.length }),
          found: printable(cards[0]?.images[0]?.trimEnd() ?? ''),
        });
      }
    },
  },
};

function faultOf(card: Card): string | undefined {
  const image = card.images.join('');
  if (/[^ -~]/.test(image)) return 'there are characters that are not printable ASCII';
  if (card.fault !== undefined) return card.fault;
  const isLong = image.startsWith('HIERARCH ');
  if (!isLong && !KEYWORD.test(card.keyword)) return 'the keyword has characters other than A-Z, 0-9, "-" and "_"';
  const isCommentary = ['', 'COMMENT', 'HISTORY', 'CONTINUE'].includes(card.keyword);
  if (!isCommentary && image[8] === '=' && image[9] !== ' ') return 'there is no blank behind the "="';
  const value = /^.{8}= *([^'/ ]+)/.exec(image)?.[1] ?? '';
  if (typeof card.value === 'number' && /[a-z]/.test(value)) return 'the exponent of the number is in lower case';
  return undefined;
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
