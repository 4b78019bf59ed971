import { IactError } from '../core/index.ts';
import { type Contains, SECOND_RING_ANGLE, SHAPES, type ShapeKind } from './region-shape.ts';
import { type SkyAxes, toPixel } from './sky-projection.ts';

/** The most shapes in a region file. */
const MAX_SHAPES = 10_000;

interface Shape {
  readonly isIncluded: boolean;
  readonly contains: Contains;
}

/** Names of coordinate systems that may stand before a shape, and whether their coordinates are on the sky. */
const SYSTEMS: Readonly<Record<string, boolean>> = {
  image: false,
  physical: false,
  linear: false,
  fk4: true,
  fk5: true,
  icrs: true,
};

/** Formats of a `# format:` line. */
const FORMATS: readonly (readonly [RegExp, boolean])[] = [
  [/^pixel/i, false],
  [/^degree/i, true],
  [/^hhmmss/i, true],
  [/^hms/i, true],
];

/**
 * Reads a region file as ds9 and fv write them: shapes with their parameters in parentheses, one or more on a line,
 * `-` before shapes that are cut out.
 *
 * A point is inside if it is in a shape, and in none of the cut-out shapes further down. If the file begins with
 * cut-out shapes, everything but them is inside as well.
 *
 * @param axes how pixels lie on the sky, needed where coordinates are on the sky
 * @throws IactError 'bad-data' naming the line
 */
export function parseRegion(text: string, axes: SkyAxes | undefined): Contains {
  const reader = new RegionReader(axes);
  text.split(/\r\n|\r|\n/).forEach((line, index) => {
    reader.readLine(line, index + 1);
  });
  const { shapes } = reader;
  if (shapes.length === 0) throw new IactError('bad-data', 'the region file has no shapes.');
  const firstIncluded = shapes.findIndex((shape) => shape.isIncluded);
  const leading = firstIncluded < 0 ? shapes : shapes.slice(0, firstIncluded);
  return (x, y) => {
    let isCutOut = false;
    for (const { isIncluded, contains } of shapes.toReversed()) {
      if (isCutOut && isIncluded) continue;
      if (!contains(x, y)) continue;
      if (isIncluded) return true;
      isCutOut = true;
    }
    return leading.length > 0 && !leading.some(({ contains }) => contains(x, y));
  };
}

class RegionReader {
  readonly shapes: Shape[] = [];
  readonly #axes: SkyAxes | undefined;
  #isSky = false;
  #line = 0;

  constructor(axes: SkyAxes | undefined) {
    this.#axes = axes;
  }

  readLine(line: string, number: number): void {
    this.#line = number;
    if (line.startsWith('#')) this.#readComment(line.slice(1).trim());
    else if (!/^glob/i.test(line)) this.#readShapes(line);
  }

  #readComment(comment: string): void {
    const format = /^format:\s*(.*)/i.exec(comment)?.[1];
    if (format === undefined) return;
    const known = FORMATS.find(([pattern]) => pattern.test(format));
    if (known === undefined) throw this.#bad(`unknown format "${format}"; expected pixel, degree or hms`);
    this.#isSky = known[1];
  }

  #readShapes(line: string): void {
    let rest = line.trimStart();
    while (rest !== '' && !rest.startsWith('#')) {
      const [, before, parameters] = /^([^(#]*)\(([^()#]*)\)/.exec(rest) ?? [];
      if (before === undefined || parameters === undefined) {
        this.#readSystemAlone(rest);
        return;
      }
      rest = rest.slice(before.length + parameters.length + 2).trimStart();
      this.#addShape(this.#readSystem(before), parameters);
    }
  }

  #readSystemAlone(rest: string): void {
    const word = rest.replace(/#.*/, '').trim().replace(/;$/, '').toLowerCase();
    const isSky = SYSTEMS[word];
    if (isSky === undefined)
      throw this.#bad(`expected a shape such as circle(x, y, radius), found "${rest.slice(0, 40)}"`);
    this.#isSky = isSky;
  }

  /** Takes the coordinate system before a shape, as in `fk5;circle`. */
  #readSystem(before: string): string {
    const [, system, name] = /^\s*(\w+)\s*;(.*)$/.exec(before) ?? [];
    if (system === undefined || name === undefined) return before;
    const isSky = SYSTEMS[system.toLowerCase()];
    if (isSky === undefined)
      throw this.#bad(`the coordinate system "${system}" is not supported; use fk5, icrs or image`);
    this.#isSky = isSky;
    return name;
  }

  #addShape(signedName: string, parameters: string): void {
    if (this.shapes.length === MAX_SHAPES) throw this.#bad(`more than ${MAX_SHAPES} shapes`);
    const trimmed = signedName.trim();
    const sign = /^[+-]/.exec(trimmed)?.[0] ?? '';
    const name = trimmed.slice(sign.length).trim();
    const words = parameters.split(',');
    // A colon or a "d" says that the coordinates are on the sky, from here on.
    if (/[:d]/.test(parameters)) this.#isSky = true;
    const kinds = SHAPES.get(name.toLowerCase());
    if (kinds === undefined) throw this.#bad(`unknown shape "${name}"`);
    const kind = kinds.find(({ counts }) => counts(words.length));
    if (kind === undefined) throw this.#bad(`${words.length} parameters do not fit the shape "${name}"`);
    this.shapes.push({ isIncluded: sign !== '-', contains: kind.contains(this.#parametersOf(kind, words)) });
  }

  #parametersOf(kind: ShapeKind, words: readonly string[]): number[] {
    const coordinateCount = kind.coordinates === 'all' ? words.length : kind.coordinates;
    const numbers: number[] = [];
    for (let i = 0; i < coordinateCount; i += 2) numbers.push(...this.#place(words[i] ?? '', words[i + 1] ?? ''));
    const [ra, dec] = [this.#coordinate(words[0] ?? '', 15), this.#coordinate(words[1] ?? '', 1)];
    for (const word of words.slice(coordinateCount)) numbers.push(this.#size(word, ra, dec, numbers));
    const turn = this.#isSky ? (this.#axes?.rotationDeg ?? 0) : 0;
    for (const index of kind.angles) {
      // An angle that was left out is 0 on the sky; the second one of a ring is like the first.
      if (numbers[index] === undefined && index === SECOND_RING_ANGLE) continue;
      numbers[index] = (numbers[index] ?? 0) + turn;
    }
    return numbers;
  }

  #place(xWord: string, yWord: string): readonly [number, number] {
    const sexagesimal = xWord.includes(':');
    const [x, y] = [this.#coordinate(xWord, sexagesimal ? 15 : 1), this.#coordinate(yWord, 1)];
    return this.#isSky ? this.#pixelOf(x, y) : [x, y];
  }

  #pixelOf(raDeg: number, decDeg: number): readonly [number, number] {
    if (this.#axes === undefined || this.#axes.projection === '') {
      throw this.#bad('the coordinates are on the sky, but the columns have no projection (TCTYPn, TCRVLn, ...)');
    }
    const pixel = toPixel(this.#axes, raDeg, decDeg);
    if (pixel === undefined) {
      throw this.#bad(`the place ${raDeg}, ${decDeg} is not on a map of the projection "${this.#axes.projection}"`);
    }
    return pixel;
  }

  /** A coordinate: a number, or `12:34:56.7`, which counts `unitDeg` degrees for each hour (15) or degree (1). */
  #coordinate(word: string, unitDeg: number): number {
    const [, sign, first, minutes, seconds] = /^\s*([+-]?)(\d+):(\d+)(?::(\d+\.?\d*))?\s*$/.exec(word) ?? [];
    if (first !== undefined) {
      const value = Number(first) + Number(minutes) / 60 + Number(seconds ?? 0) / 3600;
      return (sign === '-' ? -value : value) * unitDeg;
    }
    return this.#number(word, /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)d?\s*$/);
  }

  /** A size or an angle; sizes in degrees (d), minutes (') or seconds (") of arc become pixels at the shape's place. */
  #size(word: string, raDeg: number, decDeg: number, [x, y]: readonly number[]): number {
    const value = this.#number(word, /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:d|'|"|p|i)?\s*$/);
    const unit = { d: 1, "'": 60, '"': 3600 }[word.trim().slice(-1)];
    if (unit === undefined) return value;
    if (!this.#isSky) throw this.#bad(`the size "${word.trim()}" needs a place on the sky`);
    // North or south, so that no pole is passed.
    const [x2, y2] = this.#pixelOf(raDeg, decDeg < 0 ? decDeg + value / unit : decDeg - value / unit);
    return Math.hypot(x2 - (x ?? 0), y2 - (y ?? 0));
  }

  #number(word: string, pattern: RegExp): number {
    const digits = pattern.exec(word)?.[1];
    if (digits === undefined) throw this.#bad(`expected a number, found "${word.trim()}"`);
    return Number(digits);
  }

  #bad(what: string): IactError {
    return new IactError('bad-data', `line ${this.#line}: ${what}.`);
  }
}
