import type { Card } from '../../fits/index.ts';
import type { Rule } from '../rule.ts';

const REPEATABLE = new Set(['', 'COMMENT', 'HISTORY', 'CONTINUE', 'HIERARCH']);

export const fitsDuplicateCard: Rule = {
  code: 'fits-duplicate-card',
  severity: 'warning',
  title: 'A keyword stands in a header twice.',
  detail: 'Programs differ in which of them they take. A note where both say the same.',
  clause: 'FITS 4.0 §4.1',
  checks: {
    hdu: ({ place, header }, report) => {
      // Mostly there are none, and a header finds the first card of a keyword without making anything.
      const isTwice = (card: Card): boolean => !REPEATABLE.has(card.keyword) && header.card(card.keyword) !== card;
      if (!header.cards.some(isTwice)) return;
      const first = new Map<string, unknown>();
      const same = new Set<string>();
      const other = new Set<string>();
      for (const { keyword, value } of header.cards) {
        if (REPEATABLE.has(keyword)) continue;
        if (!first.has(keyword)) first.set(keyword, value);
        else (Object.is(first.get(keyword), value) ? same : other).add(keyword);
      }
      for (const keyword of other) same.delete(keyword);
      const tell = (keywords: Set<string>, what: string, severity: 'note' | 'warning'): void => {
        const [card] = keywords;
        if (card === undefined) return;
        const verb = keywords.size > 1 ? 'stand' : 'stands';
        const message = `${[...keywords].slice(0, 5).join(', ')} ${verb} in the header more than once, ${what}.`;
        report(place, { severity, message, card, ...(keywords.size > 1 && { count: keywords.size }) });
      };
      tell(other, 'with other values', 'warning');
      tell(same, 'with the same value', 'note');
    },
  },
};
