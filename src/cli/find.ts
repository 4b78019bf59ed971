import { Command, Option } from 'commander';
import { IactError } from '../core/index.ts';
import {
  chooseDataset,
  findObservations,
  type ObservationQuery,
  openStoreAt,
  parseSkyPosition,
  parseSortKeys,
  parseTimeRange,
  planSearch,
  prepareOutput,
  readObservationIndex,
  writeRunList,
} from '../ops/index.ts';
import { FIND_FORMATS, type FindFormat, formatObservations } from './find-output.ts';
import type { CliIo } from './io.ts';
import { number, wholeNumber } from './number-option.ts';
import { writeLines } from './write-lines.ts';

interface FindOptions {
  readonly dataset?: string;
  readonly near?: string;
  readonly object?: string;
  readonly radius?: number;
  readonly galactic?: boolean;
  readonly where?: string;
  readonly time?: string;
  readonly quality?: number;
  readonly sort?: string;
  readonly limit?: number;
  readonly columns?: string;
  readonly format: FindFormat;
  readonly output?: string;
  readonly force?: boolean;
}

/** The radius of csfindobs. */
const DEFAULT_RADIUS_DEG = 2.5;

/** `iact find STORE` */
export function findCommand(io: CliIo): Command {
  return new Command('find')
    .description('Find observations by position, time, quality and any expression.')
    .argument('<store>', 'directory of the store, or its master.json')
    .option('--dataset <name>', 'which dataset, if there are several')
    .option('--near <ra,dec>', 'pointings around a position: degrees ("83.63,22.01") or "5h34m31.9s +22d00m52s"')
    .addOption(new Option('--object <name>', 'pointings around an object of the store').conflicts('near'))
    .option('--radius <deg>', `how far around (default: ${DEFAULT_RADIUS_DEG})`, number)
    .option('--galactic', 'the position is in galactic coordinates')
    .option('--where <expression>', 'row filter on the columns of the observation index')
    .option(
      '--time <from..to>',
      'observations in a time: dates (UTC), "MJD 53343.9" or "MET 123890826", either end open',
    )
    .option('--quality <n>', 'the largest QUALITY: 0 best, 2 worst', number)
    .option('--sort <columns>', 'sort by columns, "-" for descending: "OBJECT,-ZEN_PNT"')
    .option('--limit <n>', 'no more than n observations', wholeNumber)
    .option('--columns <names>', 'which columns to print, with commas between them')
    .addOption(new Option('--format <format>', 'how to print them').choices(FIND_FORMATS).default('table'))
    .option('-o, --output <file>', 'also write a run list')
    .option('--force', 'overwrite the run list if it exists')
    .action((store: string, options: FindOptions) => find(store, options, io));
}

async function find(place: string, options: FindOptions, io: CliIo): Promise<void> {
  const query = queryOf(options);
  const output = options.output === undefined ? undefined : await prepareOutput(options.output);
  if (output?.exists && !options.force) {
    throw new IactError('exists', `"${output.file}" exists. Use --force to overwrite it.`, { uri: output.file });
  }
  const store = await openStoreAt(place);
  const index = await readObservationIndex(store, chooseDataset(store, options.dataset));
  const plan = planSearch(index, query);
  for (const note of plan.notes) io.stderr.write(`iact: note: ${note}\n`);
  const found = await findObservations(index, plan);
  const chosen = options.columns?.split(',').map((name) => name.trim());
  const { lines, leftOut } = formatObservations(found, options.format, chosen, io.stdout.columns);
  if (output !== undefined) await writeRunList(output, found.ids);
  writeLines(io.stdout, lines);
  if (options.format === 'table') {
    const shown = found.ids.length < found.total ? `, the first ${found.ids.length} shown` : '';
    io.stderr.write(`${found.total} of ${index.table.rowCount} observations${shown}\n`);
  }
  if (leftOut.length > 0) io.stderr.write(`No room for ${leftOut.join(', ')}; --columns chooses.\n`);
}

function queryOf(options: FindOptions): ObservationQuery {
  const { near, object, galactic, radius, where, time, quality, sort, limit } = options;
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
    sort: sort === undefined ? undefined : parseSortKeys(sort),
    limit,
  };
}
