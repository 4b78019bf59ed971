import { type Command, Option } from 'commander';
import type { AccessCliOptions } from './access-options.ts';
import { wholeNumber } from './number-option.ts';
import { byteRate, positiveNumber, repeated, words } from './option-values.ts';
import { addSearchOptions, type SearchOptions } from './search-options.ts';

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
      new Option('--only <types>', 'HDUs of these types, with commas between them')
        .choices(HDU_TYPES)
        .conflicts('delete')
        .argParser(words),
    )
    .addOption(
      new Option('--keep', 'never replace a file or an index row that is there').conflicts(['delete', 'checksum']),
    )
    .option('--delete', 'remove files of the destination that the source has not')
    .option('--max-delete <n>', 'remove nothing if it would be more than n files', wholeNumber)
    .option('--dry-run', 'show what would be done, and write nothing')
    .option('--checksum', 'compare files by checksum instead of size and time')
    .option('--fits-checksum', 'check DATASUM and CHECKSUM of the HDUs that arrive')
    .option('--jobs <n>', 'files at once (default: what suits the store)', positiveNumber)
    .option('--bwlimit <rate>', 'bytes per second at most: 500k, 10M', byteRate);
}
