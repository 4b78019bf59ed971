import { IactError } from '../core/index.ts';
import { type Cone, rangeInTable, readTimeReference, type SkyDirection, type TimeRange } from '../gadf/index.ts';
import { findObject } from './find-object.ts';
import { type ObservationIndex, requireColumn } from './observation-index.ts';
import type { SortKey } from './sort-observations.ts';

/** Which observations are wanted. What is absent does not matter. */
export interface ObservationQuery {
  /** Pointings in a circle around a direction, or around an object of the index. */
  readonly near?:
    | { readonly centre: SkyDirection | { readonly object: string }; readonly radiusDeg: number }
    | undefined;
  /** The largest QUALITY (GADF: 0 best, 2 worst). */
  readonly maxQuality?: number | undefined;
  /** Observations of which a part lies in a stretch of time. */
  readonly time?: TimeRange | undefined;
  /** A row filter. */
  readonly where?: string | undefined;
  /** The directory that files named in the row filter are relative to; without it, it can name none. */
  readonly filesFrom?: string | undefined;
  /** The order of the result; that of the index if absent. */
  readonly sort?: readonly SortKey[] | undefined;
  /** How many at most, after sorting. */
  readonly limit?: number | undefined;
}

/** A query as it will be asked of one index. */
export interface SearchPlan {
  readonly query: ObservationQuery;
  readonly cone: Cone | undefined;
  /** `undefined` if nobody asked, and also if the index tells nothing of quality. */
  readonly maxQuality: number | undefined;
  /** Row filters of our own, all of which must hold besides the user's. */
  readonly criteria: readonly string[];
  /** What the user should know. */
  readonly notes: readonly string[];
}

/**
 * Checks a query against an index.
 *
 * An index without QUALITY is searched all the same, with a note: those of VERITAS, MAGIC and CTA have none.
 *
 * @throws {IactError} `usage` for a number out of range; `not-found` for an object, or a column that a position or time
 *   needs; `bad-data` for a date where the index does not say what its times count from.
 */
export function planSearch(index: ObservationIndex, query: ObservationQuery): SearchPlan {
  const criteria: string[] = [];
  const notes: string[] = [];
  const cone = query.near && coneOf(index, query.near, notes);
  if (cone !== undefined) {
    for (const name of ['RA_PNT', 'DEC_PNT']) requireColumn(index, name, 'a search around a position');
    criteria.push(`ANGSEP(${cone.raDeg},${cone.decDeg},RA_PNT,DEC_PNT)<=${cone.radiusDeg}`);
  }
  const maxQuality = qualityOf(index, query.maxQuality, notes);
  if (maxQuality !== undefined) criteria.push(`QUALITY<=${maxQuality}`);
  if (query.time !== undefined) criteria.push(...timeCriteria(index, query.time));
  const { limit } = query;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 0)) {
    throw new IactError('usage', `The limit ${limit} is no whole number from 0 on.`);
  }
  return { query, cone, maxQuality, criteria, notes };
}

/** Positions of an object farther apart than this are worth a word: it may be a survey. */
const REMARKABLE_SPREAD_DEG = 0.5;

function coneOf(
  index: ObservationIndex,
  { centre, radiusDeg }: NonNullable<ObservationQuery['near']>,
  notes: string[],
): Cone {
  if (!(radiusDeg >= 0 && radiusDeg <= 180)) {
    throw new IactError('usage', `The radius ${radiusDeg} is not between 0 and 180 degrees.`);
  }
  if (!('object' in centre)) {
    const { raDeg, decDeg } = centre;
    if (!Number.isFinite(raDeg) || !(Math.abs(decDeg) <= 90)) {
      throw new IactError(
        'usage',
        `There is no direction ${raDeg}, ${decDeg}: declinations are from -90 to 90 degrees.`,
      );
    }
    return { raDeg, decDeg, radiusDeg };
  }
  const { name, direction, observations, spreadDeg, from } = findObject(index, centre.object);
  const place = `${direction.raDeg.toFixed(4)}, ${direction.decDeg.toFixed(4)}`;
  const what = from === 'object' ? 'positions' : 'pointings';
  const spread = spreadDeg > REMARKABLE_SPREAD_DEG ? `; they are up to ${spreadDeg.toFixed(1)} degrees from it` : '';
  notes.push(`"${name}" is at ${place}, the mean of the ${what} of ${observations} observations${spread}.`);
  return { ...direction, radiusDeg };
}

function qualityOf(index: ObservationIndex, max: number | undefined, notes: string[]): number | undefined {
  if (max === undefined) return undefined;
  if (!Number.isFinite(max)) throw new IactError('usage', `The quality ${max} is no number.`);
  if (index.table.column('QUALITY') !== undefined) return max;
  notes.push(`Observation index "${index.uri}" has no column "QUALITY": observations of any quality are searched.`);
  return undefined;
}

function timeCriteria(index: ObservationIndex, time: TimeRange): string[] {
  const start = requireColumn(index, 'TSTART', 'a search in time');
  requireColumn(index, 'TSTOP', 'a search in time');
  const { from, to } = rangeInTable(time, readTimeReference(index.table.header, index.uri, start.unit), index.uri);
  const criteria: string[] = [];
  if (Number.isFinite(from)) criteria.push(`TSTOP>${from}`);
  if (Number.isFinite(to)) criteria.push(`TSTART<${to}`);
  return criteria;
}
