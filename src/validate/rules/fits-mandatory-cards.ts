import type { Card, CardValue, Header } from '../../fits/index.ts';
import type { Rule } from '../rule.ts';

interface Wanted {
  readonly keyword: string;
  /** What it must be; anything if absent. */
  readonly value?: CardValue;
}

export const fitsMandatoryCards: Rule = {
  code: 'fits-mandatory-cards',
  severity: 'error',
  title: 'A header does not begin with the cards that every header begins with.',
  detail:
    'SIMPLE or XTENSION, BITPIX, NAXIS, NAXISn, and in extensions PCOUNT and GCOUNT, in tables TFIELDS, in this order, ' +
    'in fixed format, with the values that the kind of HDU asks for.',
  clause: 'FITS 4.0 §4.4.1, §7.1, §7.3',
  checks: {
    hdu: ({ place, header, index }, report) => {
      const found = firstFault(header, wantedCards(header, index));
      if (found !== undefined) report(place, found);
    },
  },
};

function wantedCards(header: Header, index: number): Wanted[] {
  const axes = header.get('NAXIS');
  const naxis = Array.from({ length: typeof axes === 'number' && axes <= 999 ? axes : 0 }, (_, i) => `NAXIS${i + 1}`);
  const isTable = header.get('XTENSION') === 'BINTABLE';
  const isAscii = header.get('XTENSION') === 'TABLE';
  const both = isTable || isAscii;
  const shape: Wanted[] = [
    { keyword: 'BITPIX', ...(both && { value: 8 }) },
    { keyword: 'NAXIS', ...(both && { value: 2 }) },
    ...naxis.map((keyword) => ({ keyword })),
  ];
  if (index === 0) return [{ keyword: 'SIMPLE', value: true }, ...shape];
  const counts: Wanted[] = [
    { keyword: 'PCOUNT', ...(isAscii && { value: 0 }) },
    { keyword: 'GCOUNT', ...(both && { value: 1 }) },
  ];
  return [{ keyword: 'XTENSION' }, ...shape, ...counts, ...(both ? [{ keyword: 'TFIELDS' }] : [])];
}

function firstFault(header: Header, wanted: readonly Wanted[]) {
  for (const [position, { keyword, value }] of wanted.entries()) {
    const card = header.cards[position];
    if (card?.keyword !== keyword) {
      const what = header.has(keyword) ? 'is out of its place' : 'is missing';
      const message = `${keyword} ${what}: it must be card ${position + 1} of the header.`;
      return { card: keyword, message, found: card?.keyword ?? 'END', wanted: keyword };
    }
    if (card.value === undefined && card.fault === undefined) {
      const needed = value === undefined ? '' : `, needed ${text(value)}`;
      return { card: keyword, message: `${keyword} has no value${needed}.`, found: card.images[0]?.trimEnd() ?? '' };
    }
    if (value !== undefined && card.value !== value) {
      const found = String(card.value);
      return { card: keyword, message: `${keyword} is ${found}, needed ${text(value)}.`, found, wanted: text(value) };
    }
    if (!isFixed(card)) {
      const message = `${keyword} is not in fixed format: numbers and T end in column 30, texts begin in column 11.`;
      return { card: keyword, message, found: card.images[0]?.trimEnd() ?? '' };
    }
  }
  return undefined;
}

function text(value: CardValue): string {
  return value === true ? 'T' : String(value);
}

/** @see FITS 4.0 §4.2.1.1, §4.2.2, §4.2.3 */
function isFixed({ images, value }: Card): boolean {
  const image = images[0] ?? '';
  if (typeof value === 'string') return image[10] === "'";
  return /^.{10} *\S+$/.test(image.slice(0, 30)) && (image[30] === ' ' || image[30] === '/');
}
