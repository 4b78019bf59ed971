import { IactError } from '../core/index.ts';
import { icrsOfGalactic, type SkyDirection, wrapDegrees } from './sky.ts';

/** The coordinates that a position is given in. */
export type SkyFrame = 'icrs' | 'galactic';

/**
 * Reads a position: two angles, apart from each other by a comma or blanks. An angle is
 *
 * - decimal degrees: `83.633`, `22.0145d`, `-29.0078°`;
 * - sexagesimal with letters: `5h34m31.9s`, `+22d00m52s`, `22°0'52"`;
 * - sexagesimal with colons or blanks: `05:34:31.9 +22:00:52`, `05 34 31.9 +22 00 52`. The first angle is then in hours
 *   (in galactic coordinates: in degrees).
 *
 * A right ascension or galactic longitude may be any angle; it is brought to 0 … 360 degrees.
 *
 * @returns ICRS, whatever the frame.
 * @throws {IactError} `usage` telling which of the two is wrong.
 */
export function parseSkyPosition(text: string, frame: SkyFrame = 'icrs'): SkyDirection {
  const [first, second] = twoAngles(text);
  const [lonName, latName] = frame === 'icrs' ? ['right ascension', 'declination'] : ['longitude', 'latitude'];
  const lon = parseAngle(first, frame === 'icrs' ? 15 : 1);
  if (lon === undefined) throw badPosition(text, `"${first}" is no ${lonName}`);
  const latDeg = HOURS.test(second) ? undefined : parseAngle(second, 1);
  if (latDeg === undefined) throw badPosition(text, `"${second}" is no ${latName}`);
  if (Math.abs(latDeg) > 90) throw badPosition(text, `the ${latName} ${latDeg} is not between -90 and 90 degrees`);
  const lonDeg = wrapDegrees(lon);
  return frame === 'icrs' ? { raDeg: lonDeg, decDeg: latDeg } : icrsOfGalactic({ lonDeg, latDeg });
}

function twoAngles(text: string): [string, string] {
  const parts = text.includes(',') ? text.split(',') : halves(text.trim().split(/\s+/));
  const [first, second] = parts.map((part) => part.trim());
  if (parts.length === 2 && first && second) return [first, second];
  throw badPosition(text, 'two angles are needed');
}

/** Blanks may stand between the angles and, in both or none, between their fields. */
function halves(words: readonly string[]): string[] {
  if (words.length % 2 === 1) return [...words];
  const middle = words.length / 2;
  return [words.slice(0, middle).join(' '), words.slice(middle).join(' ')];
}

const HOURS = /h/i;
const DECIMAL = /^([+-]?)(\d+\.?\d*|\.\d+)(?:d|deg|°)?$/i;
const COLONS = /^([+-]?)(\d+)(?::|\s+)(\d+(?:\.\d*)?)(?:(?::|\s+)(\d+(?:\.\d*)?))?$/;
const LETTERS =
  /^([+-]?)(\d+(?:\.\d*)?)\s*(h|d|°)\s*(?:(\d+(?:\.\d*)?)\s*[m'′]\s*(?:(\d+(?:\.\d*)?)\s*(?:s|"|″|''))?)?$/i;

/** @param colonDegrees what the unit of an angle with colons is worth. */
function parseAngle(text: string, colonDegrees: number): number | undefined {
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return signed(decimal[1], Number(decimal[2]));
  const colons = COLONS.exec(text);
  if (colons !== null) return sexagesimal(colons[1], colons[2], colons[3], colons[4], colonDegrees);
  const letters = LETTERS.exec(text);
  if (letters === null) return undefined;
  return sexagesimal(letters[1], letters[2], letters[4], letters[5], HOURS.test(letters[3] ?? '') ? 15 : 1);
}

function sexagesimal(
  sign: string | undefined,
  whole = '',
  minutes = '0',
  seconds = '0',
  unitDegrees = 1,
): number | undefined {
  if (Number(minutes) >= 60 || Number(seconds) >= 60) return undefined;
  return signed(sign, (Number(whole) + (Number(minutes) + Number(seconds) / 60) / 60) * unitDegrees);
}

function signed(sign: string | undefined, value: number): number {
  return sign === '-' ? -value : value;
}

function badPosition(text: string, reason: string): IactError {
  const forms = 'Give degrees ("83.633,22.0145") or hours and degrees ("5h34m31.9s +22d00m52s")';
  return new IactError('usage', `Cannot read the position "${text}": ${reason}. ${forms}.`);
}
