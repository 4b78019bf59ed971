import { IactError } from '../core/index.ts';
import { type ObservationQuery, parseSkyPosition, parseTimeRange } from '../ops/index.ts';
import { DEFAULT_RADIUS_DEG, type SearchOptions } from './search-options.ts';

/** Whether any of the options was given. */
export function isSearch(options: SearchOptions): boolean {
  const { near, object, radius, galactic, where, time, quality } = options;
  return [near, object, radius, galactic, where, time, quality].some((each) => each !== undefined);
}

/**
 * The observations that the options mean. Files that a row filter names are relative to the working directory.
 *
 * @throws {IactError} `usage` for what cannot be read, and for a radius or a frame without a position.
 */
export function searchQueryOf(options: SearchOptions): ObservationQuery {
  const { near, object, galactic, radius, where, time, quality } = options;
  if (radius !== undefined && near === undefined && object === undefined) {
    throw new IactError('usage', '--radius needs --near or --object: a circle has a centre.');
  }
  if (galactic && near === undefined) throw new IactError('usage', '--galactic needs --near: it tells how to read it.');
  const centre = near === undefined ? undefined : parseSkyPosition(near, galactic ? 'galactic' : 'icrs');
  const around = centre ?? (object === undefined ? undefined : { object });
  return {
    near: around && { centre: around, radiusDeg: radius ?? DEFAULT_RADIUS_DEG },
    where,
    filesFrom: '',
    time: time === undefined ? undefined : parseTimeRange(time),
    maxQuality: quality,
  };
}
