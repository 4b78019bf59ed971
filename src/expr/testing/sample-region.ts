import { type BinTable, buildTable, type CardEntry } from '../../fits/index.ts';
import { uniformRandom } from '../random.ts';

/** The projections of celestial coordinates that CFITSIO knows. */
export const PROJECTIONS = ['TAN', 'SIN', 'STG', 'ARC', 'CAR', 'GLS', 'NCP', 'MER', 'AIT'] as const;

/** A table with places in pixels: X and Y plain, then a pair of columns for each projection, and a rotated one. */
export function placesTable(rowCount = 200): BinTable {
  const random = uniformRandom(11);
  const pairs = ['', ...PROJECTIONS, 'ROT'];
  const values = (): number[] => Array.from({ length: rowCount }, () => random() * 20);
  const columns = pairs.flatMap((name) =>
    ['X', 'Y'].map((axis) => ({ name: `${axis}${name}`, form: '1D', values: values() })),
  );
  const cards = pairs.flatMap((name, index) => (name === '' ? [] : skyCards(name, 2 * index + 1)));
  columns.push({ name: 'TIME', form: '1D', values: Array.from({ length: rowCount }, () => random() * 400) });
  return buildTable({ name: 'EVENTS', columns, cards });
}

function skyCards(name: string, x: number): CardEntry[] {
  const projection = name === 'ROT' ? 'TAN' : name;
  const cards: CardEntry[] = [
    [`TCTYP${x}`, `RA---${projection}`],
    [`TCTYP${x + 1}`, `DEC--${projection}`],
    [`TCRVL${x}`, 83.63],
    [`TCRVL${x + 1}`, 22.01],
    [`TCRPX${x}`, 10.5],
    [`TCRPX${x + 1}`, 9.5],
    [`TCDLT${x}`, -0.1],
    [`TCDLT${x + 1}`, 0.1],
  ];
  return name === 'ROT' ? [...cards, [`TCROT${x + 1}`, 25]] : cards;
}

const SHAPES: Readonly<Record<string, string>> = {
  circle: 'xyr',
  annulus: 'xyqr',
  ellipse: 'xyrra',
  elliptannulus: 'xyqqrraa',
  box: 'xyrr',
  rotbox: 'xyrra',
  boxring: 'xyqqrra',
  rectangle: 'xyxya',
  rotrectangle: 'xyxy',
  diamond: 'xyrra',
  rhombus: 'xyrr',
  sector: 'xyaa',
  pie: 'xyaa',
  point: 'xy',
  line: 'xyxy',
  polygon: 'xyxyxyxy',
  panda: 'xyaanqrn',
  epanda: 'xyaanqqrrna',
  bpanda: 'xyaanqqrrn',
};

/** Makes random region files; the same seed gives the same ones. */
export class RegionGenerator {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = uniformRandom(seed);
  }

  /** Up to five shapes, some of them cut out, in pixels or on the sky. */
  region(isSky: boolean): string {
    const lines = Array.from({ length: 1 + Math.floor(this.#random() * 5) }, () => this.#shape(isSky));
    return `# Region file\nglobal color=green\n${lines.join('\n')}\n`;
  }

  #shape(isSky: boolean): string {
    const [name, pattern] = this.#pick(Object.entries(SHAPES)) ?? ['point', 'xy'];
    const parameters = Array.from(pattern, (letter) => this.#parameter(letter, isSky)).join(',');
    const prefix = this.#pick(isSky ? ['fk5;', 'icrs;'] : ['', 'image;', 'physical;']);
    return `${prefix}${this.#pick(['', '', '-', '+'])}${name === 'boxring' ? 'box' : name}(${parameters}) # color=red`;
  }

  #parameter(letter: string, isSky: boolean): string {
    const between = (low: number, high: number): number => low + this.#random() * (high - low);
    if (letter === 'x') return (isSky ? between(82.8, 84.4) : between(0, 20)).toFixed(4);
    if (letter === 'y') return (isSky ? between(21.2, 22.8) : between(0, 20)).toFixed(4);
    if (letter === 'a') return between(-400, 400).toFixed(2);
    if (letter === 'n') return '3';
    const size = letter === 'q' ? between(0.5, 2.5) : between(2.6, 8);
    if (!isSky) return size.toFixed(4);
    return this.#pick([`${(size / 10).toFixed(5)}d`, `${(size * 6).toFixed(4)}'`, `${(size * 360).toFixed(3)}"`]) ?? '';
  }

  #pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.#random() * from.length)];
  }
}
