import { type DatasetListing, listStore, withStore } from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { datasetLines, listingRecord, storeLines } from './ls-output.ts';
import { throwProblems } from './problems.ts';
import type { Session } from './session.ts';
import { lookingAccess } from './session-access.ts';

export interface LsOptions extends AccessCliOptions {
  readonly size: boolean;
}

export async function list(
  place: string,
  dataset: string | undefined,
  options: LsOptions,
  session: Session,
): Promise<void> {
  const { listings, uri } = await withStore(place, lookingAccess(place, session, options), async (store) => ({
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
  { columns, colors, settings }: Session,
): Iterable<string> {
  if (first === undefined) return [];
  return dataset === undefined ? storeLines(listings, columns, colors) : datasetLines(first, colors, settings.verbose);
}
