import { Command, Option } from 'commander';
import { IactError } from '../core/index.ts';
import {
  chooseDataset,
  findObservations,
  parseSortKeys,
  planSearch,
  prepareOutput,
  readObservationIndex,
  withStore,
  writeRunList,
} from '../ops/index.ts';
import { type AccessCliOptions, accessOf, addAccessOptions } from './access-options.ts';
import { FIND_FORMATS, type FindFormat, formatObservations, observationRecords } from './find-output.ts';
import { wholeNumber } from './number-option.ts';
import { addSearchOptions, type SearchOptions, searchQueryOf } from './search-options.ts';
import type { Session, SessionHost } from './session.ts';

interface FindOptions extends SearchOptions, AccessCliOptions {
  readonly dataset?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly columns?: string;
  readonly format: FindFormat;
  readonly output?: string;
  readonly force?: boolean;
}

/** `iact find STORE` */
export function findCommand(host: SessionHost): Command {
  const command = new Command('find')
    .description('Find observations by position, time, quality and any expression.')
    .argument('<store>', 'directory or URL of the store, its master.json, or an archive')
    .option('--dataset <name>', 'which dataset, if there are several');
  return addAccessOptions(addSearchOptions(command))
    .option('--sort <columns>', 'sort by columns, "-" for descending: "OBJECT,-ZEN_PNT"')
    .option('--limit <n>', 'no more than n observations', wholeNumber)
    .option('--columns <names>', 'which columns to print, with commas between them')
    .addOption(new Option('--format <format>', 'how to print them').choices(FIND_FORMATS).default('table'))
    .option('-o, --output <file>', 'also write a run list')
    .option('--force', 'overwrite the run list if it exists')
    .action((store: string, options: FindOptions, self: Command) => find(store, options, host.open(self)));
}

async function find(place: string, options: FindOptions, session: Session): Promise<void> {
  const { sort, limit } = options;
  const query = { ...searchQueryOf(options), sort: sort === undefined ? undefined : parseSortKeys(sort), limit };
  const output = options.output === undefined ? undefined : await prepareOutput(options.output);
  if (output?.exists && !options.force) {
    throw new IactError('exists', `"${output.file}" exists. Use --force to overwrite it.`, { uri: output.file });
  }
  const index = await withStore(place, accessOf(session, options), (store) =>
    readObservationIndex(store, chooseDataset(store, options.dataset)),
  );
  const plan = planSearch(index, query);
  for (const note of plan.notes) session.reporter.note(note);
  const found = await findObservations(index, plan);
  const chosen = options.columns?.split(',').map((name) => name.trim());
  const isJson = session.settings.json;
  const { lines, leftOut } = formatObservations(found, isJson ? 'ids' : options.format, chosen, session.columns);
  const events = isJson ? observationRecords(found, chosen) : [];
  if (output !== undefined) await writeRunList(output, found.ids);
  const [shown, total, indexed] = [found.ids.length, found.total, index.table.rowCount];
  const data = { dataset: index.dataset, observations: shown, found: total, indexed };
  session.reporter.finish({ command: 'find', events, data, lines, exact: options.format !== 'table' });
  if (options.format === 'table') {
    const part = shown < total ? `, the first ${shown} shown` : '';
    session.reporter.remark(`${total} of ${indexed} observations${part}`);
  }
  if (leftOut.length > 0) session.reporter.remark(`No room for ${leftOut.join(', ')}; --columns chooses.`);
}
