import { IactError, mapConcurrently } from '../core/index.ts';
import { type BinTable, readFits } from '../fits/index.ts';
import { findIndexTable, type HduIndex } from '../gadf/index.ts';
import { findFile, inflate, type Source } from '../storage/index.ts';
import type { IndexPair } from './find-indexes.ts';
import { ontimeOf } from './observation-time.ts';
import { hduIndexOf, type IndexFile, readIndexFile } from './open-store.ts';

/** What is true of a dataset, counted from its files. */
export interface DatasetSummary {
  readonly observations: number;
  /** Sum of the observation times (`ONTIME`, dead time included); `undefined` if the index has no times. */
  readonly ontimeSeconds: number | undefined;
  /** Rows of all event lists. */
  readonly events: number;
  /** Bytes of the data files, each counted once, and of the two index files. */
  readonly diskBytes: number;
  /** Day on which the index files were made, `YYYY-MM-DD`, UTC. */
  readonly date: string;
  /** What could not be counted, and why. */
  readonly notes: readonly string[];
}

const READS_AT_ONCE = 8;

/** Counts what a dataset holds, from the index tables and the headers of the event lists. */
export async function describeDataset(source: Source, pair: IndexPair): Promise<DatasetSummary> {
  const hdu = await readIndexFile(source, pair.hdu, 'HDU index file');
  const obs = await readIndexFile(source, pair.obs, 'Observation index file');
  const table = findIndexTable(obs.hdus, 'obs', obs.uri).table;
  const index = hduIndexOf(hdu);
  const { paths, fileOfRow } = index.files();
  const eventLists = eventListsOf(index, fileOfRow);
  const files = await mapConcurrently(paths, READS_AT_ONCE, (path, position) =>
    describeFile(source, path, eventLists.get(position) ?? new Set()),
  );
  const indexBytes = new Map([hdu, obs].map(({ file }) => [file.path, file.info.sizeBytes]));
  return {
    observations: table.rowCount,
    ontimeSeconds: ontimeOf(table),
    events: files.reduce((sum, file) => sum + file.events, 0),
    diskBytes: files.reduce((sum, file) => sum + file.bytes, 0) + [...indexBytes.values()].reduce((a, b) => a + b, 0),
    date: dateOf(table, [hdu, obs]),
    notes: files.flatMap(({ note }) => (note === undefined ? [] : [note])),
  };
}

/** HDU names of the event lists of each file, by its position. */
function eventListsOf(index: HduIndex, fileOfRow: Int32Array): Map<number, ReadonlySet<string>> {
  const lists = new Map<number, Set<string>>();
  for (const [row, file] of fileOfRow.entries()) {
    if (file < 0 || index.text('HDU_TYPE', row).toLowerCase() !== 'events') continue;
    const name = index.text('HDU_NAME', row).toUpperCase();
    const names = lists.get(file);
    if (names === undefined) lists.set(file, new Set([name]));
    else names.add(name);
  }
  return lists;
}

interface FileSummary {
  readonly bytes: number;
  readonly events: number;
  readonly note?: string;
}

async function describeFile(source: Source, path: string, eventLists: ReadonlySet<string>): Promise<FileSummary> {
  const file = await findFile(source, path);
  if (file === undefined) return { bytes: 0, events: 0, note: `"${source.uriOf(path)}" does not exist.` };
  const bytes = file.info.sizeBytes;
  const missing = new Set(eventLists);
  if (missing.size === 0) return { bytes, events: 0 };
  let events = 0;
  try {
    await readFits(source.read(file.path), {
      uri: source.uriOf(file.path),
      inflate,
      select: ({ name, header }) => {
        if (missing.delete(name.toUpperCase())) events += header.integer('NAXIS2') ?? 0;
        return missing.size === 0 ? 'stop' : 'skip';
      },
    });
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    return { bytes, events, note: error.message };
  }
  if (missing.size === 0) return { bytes, events };
  return { bytes, events, note: `"${source.uriOf(file.path)}" holds no event list "${[...missing].join('", "')}".` };
}

function dateOf(table: BinTable, files: readonly IndexFile[]): string {
  const card = table.header.get('CREATED') ?? table.header.get('DATE');
  const day = typeof card === 'string' ? /^\d{4}-\d{2}-\d{2}/.exec(card)?.[0] : undefined;
  const newest = Math.max(...files.map(({ file }) => file.info.mtimeMs ?? 0));
  return day ?? new Date(newest).toISOString().slice(0, 10);
}
