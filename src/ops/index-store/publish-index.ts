import { createHash } from 'node:crypto';
import { IactError } from '../../core/index.ts';
import { type BinTable, type HduOutput, primaryHeader, setChecksum, writeFits } from '../../fits/index.ts';
import {
  buildHduIndex,
  buildObservationIndex,
  type IndexedObservation,
  type IndexKind,
  keepColumns,
} from '../../gadf/index.ts';
import { deflate, type Source } from '../../storage/index.ts';
import type { FileToPublish } from '../../transfer/index.ts';
import { holdsAll } from '../compare-cells.ts';
import { type OptionalColumns, readIndexTable } from './existing-index.ts';
import type { IndexedDataset } from './index-events.ts';
import type { IndexTarget } from './index-targets.ts';

/** An index file as it will be. */
export interface MadeFile extends FileToPublish {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What the index files of a dataset will be. */
export interface MadeIndex {
  /** HDU index first; one file if it holds both. */
  readonly files: readonly MadeFile[];
  readonly dataset: IndexedDataset;
  readonly notes: readonly string[];
  /** What the observation index that is there has, and these files have not. */
  readonly losses: readonly string[];
  /** Whether the index files that are there tell all that these do; never where what they tell is not kept. */
  isThere(): Promise<boolean>;
}

export interface MakeIndexOptions extends OptionalColumns {
  /** Take over what the observation index that is there tells beyond the headers. */
  readonly keep: boolean;
}

/** Makes the index files of a dataset. Writes nothing. */
export async function makeIndex(target: IndexTarget, source: Source, options: MakeIndexOptions): Promise<MadeIndex> {
  const { index, pair, name, existed } = target;
  const older = await readOlder(source, pair.obs, 'obs', options.keep);
  const kept = older && options.keep ? keepColumns(older, source.uriOf(pair.obs), index) : undefined;
  const observations = kept?.observations ?? index.observations;
  const obsTable = buildObservationIndex({ ...index, observations }, kept?.more);
  const hduTable = buildHduIndex(observations, { path: pair.hdu, ...options });
  const tables = pair.hdu === pair.obs ? [[hduTable, obsTable]] : [[hduTable], [obsTable]];
  const paths = pair.hdu === pair.obs ? [pair.hdu] : [pair.hdu, pair.obs];
  const files = await Promise.all(paths.map((path, i) => fileOf(path, tables[i] ?? [])));
  const indexBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const dataset = { ...pair, name, existed, ...countsOf(observations, indexBytes) };
  const isThere = async (): Promise<boolean> =>
    options.keep &&
    older !== undefined &&
    holdsAll(older, obsTable) &&
    (await isHduIndexThere(source, pair.hdu, hduTable));
  return { files, dataset, notes: index.notes, losses: lossesOf(older, obsTable, kept?.lost ?? [], name), isThere };
}

async function isHduIndexThere(source: Source, path: string, made: BinTable): Promise<boolean> {
  const older = await readOlder(source, path, 'hdu', false);
  return older !== undefined && holdsAll(older, made);
}

/** The index that is there; one that cannot be read is missed only where something of it is to be kept. */
async function readOlder(
  source: Source,
  path: string,
  kind: IndexKind,
  isNeeded: boolean,
): Promise<BinTable | undefined> {
  if ((await source.stat(path))?.kind !== 'file') return undefined;
  try {
    return await readIndexTable(source, path, kind);
  } catch (error) {
    if (isNeeded || !(error instanceof IactError) || error.code !== 'bad-data') throw error;
    return undefined;
  }
}

async function fileOf(path: string, tables: readonly BinTable[]): Promise<MadeFile> {
  const hdus: HduOutput[] = [{ header: primaryHeader() }, ...tables.map((table) => table.toOutput())];
  for (const hdu of hdus) setChecksum(hdu);
  const content: Uint8Array[] = [];
  const bytes = writeFits(hdus);
  const digest = createHash('sha256');
  for await (const chunk of path.endsWith('.gz') ? deflate(bytes) : bytes) {
    content.push(chunk);
    digest.update(chunk);
  }
  const sizeBytes = content.reduce((sum, { length }) => sum + length, 0);
  return { path, content, sizeBytes, sha256: digest.digest('hex') };
}

function countsOf(
  observations: readonly IndexedObservation[],
  indexBytes: number,
): Pick<IndexedDataset, 'observations' | 'ontimeSeconds' | 'events' | 'diskBytes' | 'hduClasses'> {
  const sizes = new Map<string, number>();
  const hduClasses: Record<string, number> = {};
  let events = 0;
  let ontime = 0;
  let hasTimes = false;
  for (const { row, hdus } of observations) {
    if (typeof row['EVENT_COUNT'] === 'number') events += row['EVENT_COUNT'];
    if (typeof row['ONTIME'] === 'number') {
      ontime += row['ONTIME'];
      hasTimes = true;
    }
    for (const { file, hdu } of hdus) {
      sizes.set(file.path, file.sizeBytes);
      hduClasses[hdu.hduClass] = (hduClasses[hdu.hduClass] ?? 0) + 1;
    }
  }
  const dataBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const ontimeSeconds = hasTimes ? ontime : undefined;
  return { observations: observations.length, ontimeSeconds, events, diskBytes: dataBytes + indexBytes, hduClasses };
}

/** What the new observation index no longer has. */
function lossesOf(older: BinTable | undefined, made: BinTable, lost: readonly string[], name: string): string[] {
  const gone = (older?.columns ?? [])
    .map((column) => column.name)
    .filter((column) => made.column(column) === undefined);
  const all = [...new Set([...gone, ...lost])];
  if (all.length === 0) return [];
  return [
    `Dataset "${name}": the headers do not tell the columns ${all.join(', ')} of the former index; they are gone.`,
  ];
}
