import { type Command, Option } from 'commander';
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
export const DEFAULT_RADIUS_DEG = 2.5;

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
