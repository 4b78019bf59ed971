import { type BinTable, buildTable } from '../../fits/index.ts';
import { uniformRandom } from '../random.ts';

const ROWS = 40;

/** A table with a column of every type, nulls in all that can have them, and keywords of every type. */
export function sampleTable(seed = 1, rowCount: number = ROWS): BinTable {
  const random = uniformRandom(seed);
  const whole = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const repeat = <T>(times: number, make: (index: number) => T): T[] =>
    Array.from({ length: times }, (_, i) => make(i));
  const integers = (count: number, low: number, high: number, holes = 9): (number | undefined)[] =>
    repeat(count, () => (whole(1, holes) === 1 ? undefined : whole(low, high)));
  const halves = (count: number): (number | undefined)[] =>
    repeat(count, () => (whole(1, 9) === 1 ? undefined : whole(-40, 40) / 4));
  const special = [Number.POSITIVE_INFINITY, 1e-320, -0, Number.NEGATIVE_INFINITY, 0];
  const words = ['Crab', 'Crab Nebula', '', 'a', 'b', ' ', 'crab', 'PKS 2155', 'Vela X', 'abcdefghijkl', "it's"];
  const logicals = (count: number): (boolean | undefined)[] =>
    repeat(count, () => (whole(1, 8) === 1 ? undefined : random() < 0.5));
  const bits = (count: number): number[] => repeat(count, () => whole(0, 1));
  return buildTable({
    name: 'EVENTS',
    rowCount,
    columns: [
      { name: 'BYTES', form: '1B', nullValue: 7, values: integers(rowCount, 0, 12) },
      { name: 'SHORTS', form: '1I', nullValue: -99, values: integers(rowCount, -12, 12) },
      { name: 'OBS_ID', form: '1J', nullValue: -1, values: integers(rowCount, 1, 20) },
      { name: 'LONGS', form: '1J', values: repeat(rowCount, () => whole(-30, 30)) },
      { name: 'WIDE', form: '1K', nullValue: 0, values: integers(rowCount, 1, 9) },
      { name: 'UINT16', form: '1I', zero: 32768, values: repeat(rowCount, () => whole(0, 40)) },
      { name: 'UINT32', form: '1J', zero: 2147483648, values: repeat(rowCount, () => whole(0, 9)) },
      { name: 'INT8', form: '1B', zero: -128, values: repeat(rowCount, () => whole(-9, 9)) },
      {
        name: 'SCALED',
        form: '1I',
        scale: 0.5,
        zero: 1,
        nullValue: -5,
        values: repeat(rowCount, () => whole(-8, 8) / 2),
      },
      { name: 'SINGLE', form: '1E', values: repeat(rowCount, (i) => special[i] ?? halves(1)[0]) },
      { name: 'DOUBLE', form: '1D', values: halves(rowCount) },
      { name: 'RA', form: '1D', values: repeat(rowCount, () => random() * 12) },
      { name: 'ODD-NAME', form: '1E', values: halves(rowCount) },
      { name: 'FLAG_L', form: '1L', values: logicals(rowCount) },
      { name: 'QUALITY', form: '1L', values: repeat(rowCount, () => random() < 0.5) },
      { name: 'OBJECT', form: '12A', values: repeat(rowCount, () => words[whole(0, words.length - 1)] ?? '') },
      { name: 'LETTER', form: '1A', values: repeat(rowCount, () => words[whole(2, 5)] ?? '') },
      { name: 'MASK', form: '9X', values: bits(9 * rowCount) },
      { name: 'ONE_BIT', form: '1X', values: bits(rowCount) },
      { name: 'MASK24', form: '24X', values: bits(24 * rowCount) },
      { name: 'VJ', form: '4J', nullValue: 5, values: integers(4 * rowCount, -3, 9) },
      { name: 'VI', form: '4I', values: repeat(4 * rowCount, () => whole(-5, 5)) },
      { name: 'VD', form: '4D', values: halves(4 * rowCount) },
      { name: 'GRID', form: '6E', dim: [2, 3], values: halves(6 * rowCount) },
      { name: 'GRIDJ', form: '6J', dim: [2, 3], nullValue: 3, values: integers(6 * rowCount, 0, 6) },
      { name: 'VL', form: '3L', values: logicals(3 * rowCount) },
      { name: 'LISTS', form: 'PJ', values: repeat(rowCount, (i) => repeat(i % 3, (k) => k)) },
      { name: 'COMPLEX', form: '1C', values: repeat(2 * rowCount, () => 1) },
      { name: 'TIME', form: '1D', values: repeat(rowCount, (i) => i * 10 + 1) },
    ],
    cards: [
      ['COUNT', 3],
      ['SCALE', 2.5],
      ['NAME', 'Crab'],
      ['FLAG', true],
      ['ODD-KEY', -4],
    ],
  });
}
