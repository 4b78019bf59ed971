import { type Command, Option } from 'commander';
import { IactError } from '../core/index.ts';
import type { ObservationQuery } from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { wholeNumber } from './number-option.ts';
import { byteRate, positiveNumber, repeated, words } from './option-values.ts';
import { addSearchOptions, isSearch, type SearchOptions, searchQueryOf } from './search-options.ts';

/** The options of `iact copy` and `iact push` as commander gives them. */
export interface CopyOptions extends SearchOptions {
  readonly dataset?: readonly string[];
  readonly runlist?: string;
  readonly only?: readonly string[];
  readonly keep?: boolean;
  readonly delete?: boolean;
  readonly maxDelete?: number;
  readonly dryRun?: boolean;
  readonly checksum?: boolean;
  readonly fitsChecksum?: boolean;
  readonly jobs?: number;
  readonly bwlimit?: number;
}

/** With those of {@link addAccessOptions}, as the commands have them. */
export type CopyCliOptions = CopyOptions & AccessCliOptions;

/** What the options ask for. */
export interface CopyChoices {
  /** Names of datasets; all that there are if empty. */
  readonly datasets: readonly string[];
  /** A file of observation IDs. */
  readonly runListFile: string | undefined;
  /** Which observations of those, or of all; `undefined` if nothing was said. */
  readonly query: ObservationQuery | undefined;
  /** Types of HDUs (HDU_TYPE) in lower case; all if empty. */
  readonly hduTypes: readonly string[];
  /** Files and index rows that are there stay as they are. */
  readonly keep: boolean;
  /** Whether files of the destination that the source has not are removed, and how many at most. */
  readonly remove: { readonly maxFiles: number | undefined } | undefined;
  readonly dryRun: boolean;
  /** Compare files by their checksums, not by size and time. */
  readonly checksum: boolean;
  /** Check DATASUM and CHECKSUM of what arrives. */
  readonly fitsChecksum: boolean;
  /** Files at once; what suits the store if `undefined`. */
  readonly jobs: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

/** @see GADF v0.3 hdu-index, HDU_TYPE */
const HDU_TYPES = ['events', 'gti', 'aeff', 'edisp', 'psf', 'bkg', 'rad_max'];

/** Adds the options of {@link CopyOptions}. */
export function addCopyOptions(command: Command): Command {
  command
    .option('--dataset <name>', 'this dataset; may be given several times (default: all)', repeated)
    .option('--runlist <file>', 'observations of a run list: one observation ID a line');
  return addSearchOptions(command)
    .addOption(
      // Others are taken, too: the index decides what there is.
      new Option('--only <types>', 'HDUs of these types, with commas between them').choices(HDU_TYPES).argParser(words),
    )
    .addOption(
      new Option('--keep', 'never replace a file or an index row that is there').conflicts(['delete', 'checksum']),
    )
    .option('--delete', 'remove files of the destination that the source has not')
    .option('--max-delete <n>', 'remove nothing if it would be more than n files', wholeNumber)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--checksum', 'compare files by checksum instead of size and time')
    .option('--fits-checksum', 'check DATASUM and CHECKSUM of the HDUs that arrive')
    .option('--jobs <n>', 'files at once (default: what suits the store)', positiveNumber)
    .option('--bwlimit <rate>', 'bytes per second at most: 500k, 10M', byteRate);
}

/**
 * What the options of a copy ask for.
 *
 * @throws {IactError} `usage` for options that make no sense together, and what {@link searchQueryOf} throws.
 */
export function copyChoicesOf(options: CopyOptions): CopyChoices {
  if (options.maxDelete !== undefined && !options.delete) {
    throw new IactError('usage', '--max-delete needs --delete: without it nothing is removed.');
  }
  return {
    datasets: options.dataset ?? [],
    runListFile: options.runlist,
    query: isSearch(options) ? searchQueryOf(options) : undefined,
    hduTypes: options.only ?? [],
    keep: options.keep ?? false,
    remove: options.delete ? { maxFiles: options.maxDelete } : undefined,
    dryRun: options.dryRun ?? false,
    checksum: options.checksum ?? false,
    fitsChecksum: options.fitsChecksum ?? false,
    jobs: options.jobs,
    bytesPerSecond: options.bwlimit === Number.POSITIVE_INFINITY ? undefined : options.bwlimit,
  };
}
