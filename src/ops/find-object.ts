import { IactError, nearestNames } from '../core/index.ts';
import { angularSeparation } from '../expr/index.ts';
import { meanDirection, type SkyDirection } from '../gadf/index.ts';
import { type ObservationIndex, requireColumn } from './observation-index.ts';

/** Where the observations of an object say that it is. */
export interface FoundObject {
  /** As the index spells it. */
  readonly name: string;
  readonly direction: SkyDirection;
  readonly observations: number;
  /** The largest distance of a position from their mean. */
  readonly spreadDeg: number;
  /** The object itself (RA_OBJ, DEC_OBJ), or the pointings of its observations. */
  readonly from: 'object' | 'pointing';
}

/**
 * Looks an object up in the column OBJECT of an index; case and blanks do not matter. Its position is the mean of RA_OBJ
 * and DEC_OBJ, or where these are absent, of the pointings.
 *
 * @throws {IactError} `not-found` if no observation is of that object, naming those that may have been meant.
 */
export function findObject(index: ObservationIndex, wanted: string): FoundObject {
  const column = requireColumn(index, 'OBJECT', 'a search by object');
  const names = index.table.read(column);
  const rows: number[] = [];
  const others = new Set<string>();
  if (names.kind === 'string' && names.width === 1) {
    const key = comparable(wanted);
    for (let row = 0; row < names.length; row++) {
      const name = names.get(row);
      if (comparable(name) === key) rows.push(row);
      else if (name !== '') others.add(name);
    }
    const [first] = rows;
    if (first !== undefined) return { name: names.get(first), observations: rows.length, ...placeOf(index, rows) };
  }
  throw unknownObject(index, wanted, [...others]);
}

function comparable(name: string): string {
  return name.replace(/\s+/g, '').toLowerCase();
}

function placeOf(
  index: ObservationIndex,
  rows: readonly number[],
): Pick<FoundObject, 'direction' | 'spreadDeg' | 'from'> {
  for (const from of ['object', 'pointing'] as const) {
    const directions = directionsOf(index, Uint32Array.from(rows), from === 'object' ? 'OBJ' : 'PNT');
    const direction = meanDirection(directions);
    if (direction === undefined) continue;
    const { raDeg, decDeg } = direction;
    const distances = directions.map((each) => angularSeparation(raDeg, decDeg, each.raDeg, each.decDeg));
    return { direction, spreadDeg: distances.reduce((most, each) => Math.max(most, each), 0), from };
  }
  const message = `Observation index "${index.uri}" has no position for this object (RA_OBJ, DEC_OBJ, RA_PNT, DEC_PNT).`;
  throw new IactError('not-found', message, { uri: index.uri });
}

/** The positions of rows, without those that are null. */
function directionsOf({ table }: ObservationIndex, rows: Uint32Array, which: 'OBJ' | 'PNT'): SkyDirection[] {
  const [ra, dec] = [table.column(`RA_${which}`), table.column(`DEC_${which}`)].map(
    (column) => column && table.read(column, rows),
  );
  if (ra?.kind !== 'number' || dec?.kind !== 'number' || ra.width !== 1 || dec.width !== 1) return [];
  const directions: SkyDirection[] = [];
  for (let i = 0; i < rows.length; i++) {
    const direction = { raDeg: ra.values[i] ?? Number.NaN, decDeg: dec.values[i] ?? Number.NaN };
    if (Number.isFinite(direction.raDeg) && Number.isFinite(direction.decDeg)) directions.push(direction);
  }
  return directions;
}

/** Names near to the one wanted, or else with a word near to it. */
function namesLike(wanted: string, known: readonly string[]): string[] {
  const near = nearestNames(wanted, known);
  if (near.length > 0) return near;
  const [word] = nearestNames(
    wanted,
    known.flatMap((name) => name.split(/\s+/)),
  );
  return word === undefined ? [] : known.filter((name) => name.split(/\s+/).includes(word)).slice(0, 3);
}

/** How many objects a message lists. */
const LISTED = 12;

function unknownObject({ uri }: ObservationIndex, wanted: string, known: readonly string[]): IactError {
  const near = namesLike(wanted, known).map((name) => `"${name}"`);
  const listed = known.slice(0, LISTED).map((name) => `"${name}"`);
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : '';
  const all = listed.length === 0 ? 'It names no object.' : `It has ${listed.join(', ')}${more}.`;
  const hint = near.length === 0 ? all : `Did you mean ${near.join(' or ')}?`;
  return new IactError('not-found', `No observation of "${wanted}" in observation index "${uri}". ${hint}`, { uri });
}
