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
import type { AccessCliOptions } from './access-options.ts';
import type { FindFormat } from './find-format.ts';
import { formatObservations, observationRecords } from './find-output.ts';
import { counted } from './quantity.ts';
import type { SearchOptions } from './search-options.ts';
import { searchQueryOf } from './search-query.ts';
import type { Session } from './session.ts';
import { lookingAccess } from './session-access.ts';

export interface FindOptions extends SearchOptions, AccessCliOptions {
  readonly dataset?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly columns?: string;
  readonly format: FindFormat;
  readonly output?: string;
  readonly force?: boolean;
}

export async function find(place: string, options: FindOptions, session: Session): Promise<void> {
  const { sort, limit } = options;
  const query = { ...searchQueryOf(options), sort: sort === undefined ? undefined : parseSortKeys(sort), limit };
  const output = options.output === undefined ? undefined : await prepareOutput(options.output);
  if (output?.exists && !options.force) {
    throw new IactError('exists', `"${output.file}" exists. Use --force to overwrite it.`, { uri: output.file });
  }
  const index = await withStore(place, lookingAccess(place, session, options), (store) =>
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
    session.reporter.remark(`${total} of ${counted(indexed, 'observation')}${part}`);
  }
  if (leftOut.length > 0) session.reporter.remark(`No room for ${leftOut.join(', ')}; --columns chooses.`);
}
