import { IactError } from '../core/index.ts';
import type { ObservationQuery } from '../ops/index.ts';
import type { CopyOptions } from './copy-options.ts';
import { isSearch, searchQueryOf } from './search-query.ts';

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
