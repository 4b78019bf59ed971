/** A unit: a factor, and powers of the base units that do not cancel. */
export interface Unit {
  readonly factor: number;
  readonly powers: ReadonlyMap<string, number>;
}

/** Base units of FITS that gamma-ray data use, by what they are made of. @see FITS 4.0 §4.3, tables 3 and 5 */
const UNITS: Readonly<Record<string, readonly [factor: number, base: string, power?: number]>> = {
  m: [1, 'm'],
  s: [1, 's'],
  min: [60, 's'],
  h: [3600, 's'],
  d: [86400, 's'],
  eV: [1, 'eV'],
  erg: [6.241509074e11, 'eV'],
  J: [6.241509074e18, 'eV'],
  rad: [1, 'rad'],
  deg: [Math.PI / 180, 'rad'],
  arcmin: [Math.PI / 10800, 'rad'],
  arcsec: [Math.PI / 648000, 'rad'],
  sr: [1, 'sr'],
  Hz: [1, 's', -1],
  g: [1, 'g'],
  ph: [1, 'ph'],
  photon: [1, 'ph'],
  count: [1, 'ph'],
};

const PREFIXES: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  c: 1e-2,
  m: 1e-3,
  u: 1e-6,
  n: 1e-9,
};

/**
 * Reads a unit as FITS, OGIP and CDS write it: `m2`, `m^2`, `m**2`, `s-1 MeV-1 sr-1`, `1/(MeV s sr)`, `1/s/MeV/sr`.
 *
 * @returns `undefined` for what is none, or one that is not known here.
 */
export function parseUnit(text: string): Unit | undefined {
  const known = PARSED.get(text);
  if (known !== undefined || PARSED.has(text)) return known;
  const unit = parse(text);
  if (PARSED.size < MAX_PARSED) PARSED.set(text, unit);
  return unit;
}

/** The columns of all files of a store share a few units. */
const PARSED = new Map<string, Unit | undefined>();
const MAX_PARSED = 200;

function parse(text: string): Unit | undefined {
  const tokens = text.trim().match(/\*\*|[A-Za-z]+|[-+]?\d+(?:\.\d+)?|[()/*^. ]/g) ?? [];
  if (tokens.join('') !== text.trim()) return undefined;
  const reader = { tokens: tokens.filter((token) => token !== ' '), at: 0 };
  if (reader.tokens.length === 0) return { factor: 1, powers: new Map() };
  const unit = parseProduct(reader);
  return unit !== undefined && reader.at === reader.tokens.length ? unit : undefined;
}

/** Whether two units differ by a factor only; and by none. */
export function compareUnits(left: Unit, right: Unit): 'same' | 'convertible' | 'other' {
  const keys = new Set([...left.powers.keys(), ...right.powers.keys()]);
  for (const key of keys) if ((left.powers.get(key) ?? 0) !== (right.powers.get(key) ?? 0)) return 'other';
  return Math.abs(left.factor / right.factor - 1) < 1e-6 ? 'same' : 'convertible';
}

interface TokenReader {
  readonly tokens: readonly string[];
  at: number;
}

function parseProduct(reader: TokenReader): Unit | undefined {
  let product = parseFactor(reader);
  while (product !== undefined && reader.at < reader.tokens.length && reader.tokens[reader.at] !== ')') {
    const operator = reader.tokens[reader.at];
    const divides = operator === '/';
    if (divides || operator === '*' || operator === '.') reader.at += 1;
    const factor = parseFactor(reader);
    product = factor && times(product, factor, divides ? -1 : 1);
  }
  return product;
}

function parseFactor(reader: TokenReader): Unit | undefined {
  const token = reader.tokens[reader.at++];
  if (token === undefined) return undefined;
  let unit: Unit | undefined;
  if (token === '(') {
    unit = parseProduct(reader);
    if (reader.tokens[reader.at++] !== ')') return undefined;
  } else if (/^[A-Za-z]/.test(token)) unit = namedUnit(token);
  else if (/^\d/.test(token) && Number(token) > 0) unit = { factor: Number(token), powers: new Map() };
  return unit && times({ factor: 1, powers: new Map() }, unit, parsePower(reader));
}

function parsePower(reader: TokenReader): number {
  const marked = reader.tokens[reader.at] === '**' || reader.tokens[reader.at] === '^';
  const open = marked && reader.tokens[reader.at + 1] === '(';
  const token = reader.tokens[reader.at + (marked ? 1 : 0) + (open ? 1 : 0)];
  if (token === undefined || !/^[-+]?\d/.test(token)) return 1;
  reader.at += 1 + (marked ? 1 : 0) + (open ? 2 : 0);
  return Number(token);
}

function namedUnit(name: string): Unit | undefined {
  const plain = UNITS[name];
  if (plain !== undefined) return { factor: plain[0], powers: new Map([[plain[1], plain[2] ?? 1]]) };
  const prefix = PREFIXES[name.slice(0, 1)];
  const known = UNITS[name.slice(1)];
  if (prefix === undefined || known === undefined) return undefined;
  return { factor: prefix * known[0], powers: new Map([[known[1], known[2] ?? 1]]) };
}

function times(left: Unit, right: Unit, power: number): Unit {
  const powers = new Map(left.powers);
  for (const [key, value] of right.powers) {
    const sum = (powers.get(key) ?? 0) + value * power;
    if (sum === 0) powers.delete(key);
    else powers.set(key, sum);
  }
  return { factor: left.factor * right.factor ** power, powers };
}
