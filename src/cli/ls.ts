import { Command } from 'commander';
import { type DatasetListing, listStore, withStore } from '../ops/index.ts';
import { type AccessCliOptions, accessOf, addAccessOptions } from './access-options.ts';
import { datasetLines, listingRecord, storeLines } from './ls-output.ts';
import { throwProblems } from './problems.ts';
import type { Session, SessionHost } from './session.ts';

interface LsOptions extends AccessCliOptions {
  readonly size: boolean;
}

/** `iact ls STORE [DATASET]` */
export function lsCommand(host: SessionHost): Command {
  const command = new Command('ls')
    .description('List the datasets of a store: observations, time, size, and the state of their index files.')
    .argument('<store>', 'directory or URL of the store, its master.json, or an archive')
    .argument('[dataset]', 'one dataset, with its objects and the types of its HDUs')
    .option('--no-size', 'do not look how large the data files are');
  return addAccessOptions(command).action(
    (place: string, dataset: string | undefined, options: LsOptions, self: Command) =>
      list(place, dataset, options, host.open(self)),
  );
}

async function list(place: string, dataset: string | undefined, options: LsOptions, session: Session): Promise<void> {
  const { listings, uri } = await withStore(place, accessOf(session, options), async (store) => ({
    listings: await listStore(store, { dataset, withSize: options.size }),
    uri: store.source.uri,
  }));
  const problems = listings.flatMap((each) => each.problems);
  const [first] = listings;
  session.reporter.finish({
    command: 'ls',
    data: { store: uri, datasets: listings.map(listingRecord), problems },
    lines: linesOf(dataset, first, listings, session),
  });
  if (listings.length === 0) session.reporter.remark('The master index lists no dataset.');
  throwProblems(dataset === undefined ? `"${place}"` : `Dataset "${dataset}"`, problems);
}

function linesOf(
  dataset: string | undefined,
  first: DatasetListing | undefined,
  listings: readonly DatasetListing[],
  { columns, colors }: Session,
): Iterable<string> {
  if (first === undefined) return [];
  return dataset === undefined ? storeLines(listings, columns, colors) : datasetLines(first, colors);
}
