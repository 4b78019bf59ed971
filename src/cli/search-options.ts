import { type Command, Option } from 'commander';
import { IactError } from '../core/index.ts';
import { type ObservationQuery, parseSkyPosition, parseTimeRange } from '../ops/index.ts';
import { number } from './number-option.ts';

/** The options that say which observations are meant. */
export interface SearchOptions {
  readonly near?: string;
  readonly object?: string;
  readonly radius?: number;
  readonly galactic?: boolean;
  readonly where?: string;
  readonly time?: string;
  readonly quality?: number;
}

/** The radius of csfindobs. */
const DEFAULT_RADIUS_DEG = 2.5;

/** Adds the options of {@link SearchOptions}. */
export function addSearchOptions(command: Command): Command {
  return command
    .option('--near <ra,dec>', 'pointings around a position: degrees ("83.63,22.01") or "5h34m31.9s +22d00m52s"')
    .addOption(new Option('--object <name>', 'pointings around an object of the store').conflicts('near'))
    .option('--radius <deg>', `how far around (default: ${DEFAULT_RADIUS_DEG})`, number)
    .option('--galactic', 'the position is in galactic coordinates')
    .option('--where <expression>', 'row filter on the columns of the observation index')
    .option(
      '--time <from..to>',
      'observations in a time: dates (UTC), "MJD 53343.9" or "MET 123890826", either end open',
    )
    .option('--quality <n>', 'the largest QUALITY: 0 best, 2 worst', number);
}

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
