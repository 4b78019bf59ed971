import { printable } from '../core/index.ts';
import type { CellValue } from '../ops/index.ts';
import { cutEnd } from './terminal-text.ts';

/** How a cell without a value is shown. */
const NOTHING = '-';
const MAX_DECIMALS = 3;
/** Longer texts and arrays are cut in a table. */
const MAX_CELL = 40;

/**
 * The cells of a column as a table shows them: numbers with the same decimals below each other, at most three; `-` where
 * there is no value; nothing that a terminal would obey.
 */
export function cellTexts(values: readonly CellValue[]): string[] {
  const numbers = values.filter((value) => typeof value === 'number').filter(Number.isFinite);
  const decimals = numbers.reduce((most, value) => Math.max(most, decimalsOf(value)), 0);
  const isSmall = numbers.some((value) => value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals);
  return values.map((value) => {
    if (typeof value !== 'number') return cutEnd(plainText(value), MAX_CELL);
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    return isSmall || Math.abs(value) >= 1e15 ? String(Number(value.toPrecision(6))) : value.toFixed(decimals);
  });
}

/** Decimals that a number needs, at most three. */
function decimalsOf(value: number): number {
  for (let decimals = 0; decimals < MAX_DECIMALS; decimals++) {
    if (Number(value.toFixed(decimals)) === value) return decimals;
  }
  return MAX_DECIMALS;
}

/** A value in one line of text; arrays with blanks between their elements. */
export function plainText(value: CellValue): string {
  if (value === null || value === '') return NOTHING;
  if (typeof value === 'string') return printable(value);
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'number') return String(value);
  return value.map(plainText).join(' ');
}
