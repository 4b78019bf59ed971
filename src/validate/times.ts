import { IactError } from '../core/index.ts';
import type { BinTable, Header } from '../fits/index.ts';
import { elapsedSeconds, readTimeReference, type TimeReference, taiMinusUtc, utcOfTime } from '../gadf/index.ts';

/** What the times of a header count from; `undefined` if it does not tell, or in a scale that does not run with TAI. */
export function referenceOf(header: Header, unit?: string): TimeReference | undefined {
  try {
    return readTimeReference(header, '', unit);
  } catch (error) {
    if (error instanceof IactError) return undefined;
    throw error;
  }
}

/** The same for a column, whose unit goes before TIMEUNIT. */
export function referenceOfColumn(table: BinTable, column: string): TimeReference | undefined {
  return referenceOf(table.header, table.column(column)?.unit);
}

/** Seconds to add to times of one table (in seconds) to have them in another: 0 if either does not tell. */
export function shiftSeconds(from: TimeReference | undefined, to: TimeReference | undefined): number {
  return from === undefined || to === undefined ? 0 : elapsedSeconds(to.zero, from.zero);
}

const TT_MINUS_TAI = 32.184;
const TAI_MINUS_GPS = 19;
/** How exact a difference must be to be one of these. */
const MATCH_SECONDS = 0.05;

/**
 * What a shift of this many seconds looks like, at a time: mixed up time scales, or leap seconds that were forgotten.
 *
 * @returns `undefined` if it looks like none.
 */
export function explainShift(seconds: number, reference: TimeReference | undefined, time: number): string | undefined {
  const shift = Math.abs(seconds);
  const leaps = taiMinusUtc(reference === undefined ? 55000 : utcOfTime(reference, time).mjdDay);
  const candidates: readonly (readonly [number, string])[] = [
    [TT_MINUS_TAI + leaps, 'TT - UTC'],
    [TT_MINUS_TAI, 'TT - TAI'],
    [leaps, 'TAI - UTC, all leap seconds'],
    [TAI_MINUS_GPS, 'TAI - GPS'],
    [leaps - TAI_MINUS_GPS, 'GPS - UTC'],
    [TT_MINUS_TAI + TAI_MINUS_GPS, 'TT - GPS'],
    [64.184, 'TT - UTC of 1999 to 2005, without the leap seconds since'],
    [leaps - 32, 'the leap seconds since 1999'],
    [leaps - 10, 'the leap seconds since 1972'],
    [1, 'one leap second'],
  ];
  return candidates.find(([value]) => value > 0 && Math.abs(shift - value) < MATCH_SECONDS)?.[1];
}

/**
 * How far a time may be off because it went through 32 bits: half of the distance of such numbers, where it is one of
 * them and they are a second or more apart; else 0.
 */
export function roundingSeconds(time: number): number {
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(time))) - 23);
  return Math.fround(time) === time && spacing >= 1 ? spacing / 2 : 0;
}

/** How far a time may be off because its column has 32 bits; time-32-bit tells such a column. */
export function roundingOfColumn(table: BinTable, column: string, time: number): number {
  return table.column(column)?.form.code === 'E' ? roundingSeconds(time) : 0;
}

/** Whether a time is what is left of another one after 32 bits. */
export function isRounded(time: number, exact: number): boolean {
  return time !== exact && roundingSeconds(time) > 0 && Math.fround(exact) === time;
}

/** Seconds as people like them. */
export function secondsText(seconds: number): string {
  return `${Number(seconds.toFixed(3))} s`;
}
