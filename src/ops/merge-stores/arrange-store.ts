import type { BinTable } from '../../fits/index.ts';
import { datasetEntryFrom, type IndexKind, jsonFrom, withDatasets } from '../../gadf/index.ts';
import { contentEquals } from '../content-equals.ts';
import { indexFileContent } from '../index-file-content.ts';
import type { IndexFile, Store } from '../open-store.ts';
import { type AlignedTables, alignIndex } from '../plan-indexes.ts';
import { RearrangedSource } from '../rearranged-source.ts';
import type { Selection } from '../select-files.ts';
import { besideName, findDocuments } from '../store-documents.ts';
import type { MovedFile } from './place-files.ts';

/** A store that is to be merged. */
export interface Part {
  readonly store: Store;
  readonly dataset: string;
  readonly selection: Selection;
}

/** What a merged store will be. */
export interface MergeTarget {
  /** The first store, whose names of index files hold. */
  readonly main: Part;
  /** Data files of the store that get another path, by the one that they have. */
  readonly placed: ReadonlyMap<string, MovedFile>;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** Whether index files are made for a store: those of the first one are taken as they are, unless some of its files move. */
export function hasOwnIndexes({ store }: Part, { main, placed }: MergeTarget): boolean {
  return store !== main.store || placed.size > 0;
}

/** The store as it looks in the merged one: index files, documents and data files where they will be. */
export async function arrangeStore(part: Part, earlier: readonly Part[], target: MergeTarget): Promise<Store> {
  const { store, selection } = part;
  const { main, placed, name, signal } = target;
  const paths = { hdu: main.selection.hdu.namedPath, obs: main.selection.obs.namedPath };
  const moved = new Map<string, string>();
  const newPaths = new Map<string, string>();
  for (const [path, { path: to, from }] of placed) {
    newPaths.set(path, to);
    moved.set(to, path);
    if (from !== path) moved.set(`${to}.gz`, from);
  }
  const made = new Map<string, Uint8Array>();
  if (hasOwnIndexes(part, target)) {
    const aligned = (kind: IndexKind, moving?: ReadonlyMap<string, string>) =>
      alignIndex(kind, selection[kind], main.selection[kind], moving).map(tableOf);
    const tables = [aligned('hdu', newPaths), aligned('obs')] as const;
    // Files of the shape that those of the first store have, whichever of both makes them.
    if (paths.hdu === paths.obs) made.set(paths.hdu, await indexFileBytes(main.selection.hdu, tables.flat()));
    else {
      made.set(paths.hdu, await indexFileBytes(main.selection.hdu, tables[0]));
      made.set(paths.obs, await indexFileBytes(main.selection.obs, tables[1]));
    }
    for (const [to, from] of await moveDocuments(store, selection, earlier, signal)) moved.set(to, from);
  }
  const json = new Map(main.selection.entry.json);
  for (const [key, value] of Object.entries({ name, hduindx: paths.hdu, obsindx: paths.obs }))
    json.set(key, jsonFrom(value));
  const master = withDatasets(store.master, [datasetEntryFrom(json)]);
  return { source: new RearrangedSource(store.source, { made, moved }), masterName: store.masterName, master };
}

type PlacedTable = readonly [position: number, table: BinTable];

function tableOf({ local, remote }: AlignedTables): PlacedTable {
  return [local.hduIndex, remote];
}

/** The content of an index file with other tables in the place of its own. */
async function indexFileBytes({ hdus, namedPath }: IndexFile, tables: readonly PlacedTable[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of indexFileContent(hdus, new Map(tables), namedPath)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Documents of which an earlier store has another one of that name, by the name that they get. */
async function moveDocuments(
  store: Store,
  { entry }: Selection,
  earlier: readonly Part[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const moved = new Map<string, string>();
  for (const document of await findDocuments(store.source)) {
    // What cannot be read is told when it is to be copied.
    if ('error' in document) continue;
    for (const other of earlier) {
      const info = await other.store.source.stat(document.path);
      if (info?.kind !== 'file') continue;
      const there = { path: document.path, info };
      if (await contentEquals(other.store.source, there, store.source, document, signal)) break;
      moved.set(besideName(document.path, entry.name ?? 'store'), document.path);
      break;
    }
  }
  return moved;
}
