import { asClause, fileNameOf, IactError } from '../../core/index.ts';
import type { BinTable } from '../../fits/index.ts';
import { findIndexTable, type IndexKind } from '../../gadf/index.ts';
import type { Destination, Source, StoreFile } from '../../storage/index.ts';
import { INDEX_NAME, type IndexPair } from '../find-indexes.ts';
import { readIndexFile } from '../open-store.ts';
import { existingPairs } from './index-targets.ts';
import { readFacts } from './read-facts.ts';
import type { UnfinishedIndex } from './unfinished-index.ts';

/** The optional columns of an HDU index. */
export interface OptionalColumns {
  readonly withSize: boolean;
  readonly withMd5: boolean;
}

/** Which of the optional columns index files have. @throws `bad-data` for one that cannot be read. */
export async function optionalColumns(source: Source, pairs: readonly IndexPair[]): Promise<OptionalColumns> {
  const tables: BinTable[] = [];
  for (const { hdu } of pairs) tables.push(await readIndexTable(source, hdu, 'hdu'));
  const has = (name: string) => tables.some((table) => table.column(name) !== undefined);
  return { withSize: has('SIZE'), withMd5: has('MD5') };
}

/**
 * The table of an index that is to be brought up to date.
 *
 * @throws {IactError} `bad-data` for one that cannot be read: nothing of it could be kept.
 */
export async function readIndexTable(source: Source, path: string, kind: IndexKind): Promise<BinTable> {
  try {
    const { hdus, uri } = await readIndexFile(
      source,
      path,
      kind === 'hdu' ? 'HDU index file' : 'Observation index file',
    );
    return findIndexTable(hdus, kind, uri).table;
  } catch (error) {
    if (!(error instanceof IactError) || error.code !== 'bad-data') throw error;
    const remedy = 'It cannot be brought up to date. Use --force to make it anew, from the headers alone';
    throw new IactError('bad-data', `${asClause(error.message)}. ${remedy}.`, { uri: path, cause: error });
  }
}

/** Refuses what is named like an index and is one, so that it is told before all files are read. @throws `exists` */
export async function refuseNamedIndexes(
  destination: Destination,
  files: readonly StoreFile[],
  unfinished: UnfinishedIndex | undefined,
  jobs: number,
): Promise<void> {
  const named = files.filter(({ path }) => INDEX_NAME.test(fileNameOf(path)));
  const facts = await readFacts(named, { source: destination, known: undefined, jobs });
  for (const pair of existingPairs(facts.files)) await refuseExisting(destination, pair, unfinished);
}

/** What the same command has put in place before it was interrupted is not in the way. @throws `exists` */
export async function refuseExisting(
  destination: Destination,
  { hdu, obs }: IndexPair,
  unfinished: UnfinishedIndex | undefined,
): Promise<void> {
  for (const path of new Set([hdu, obs])) {
    if ((await destination.stat(path)) === undefined || (await unfinished?.hasMade(destination, path))) continue;
    const uri = destination.uriOf(path);
    const message = `"${uri}" exists. Use --update to bring it up to date, or --force to make it anew.`;
    throw new IactError('exists', message, { uri });
  }
}
