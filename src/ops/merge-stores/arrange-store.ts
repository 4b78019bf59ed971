import type { BinTable } from '../../fits/index.ts';
import {
  alignHduIndex,
  alignTimes,
  datasetEntryFrom,
  findIndexTable,
  type IndexKind,
  jsonFrom,
  withDatasets,
} from '../../gadf/index.ts';
import { contentEquals } from '../content-equals.ts';
import { indexFileContent } from '../index-file-content.ts';
import type { IndexFile, Store } from '../open-store.ts';
import { RearrangedSource } from '../rearranged-source.ts';
import type { Selection } from '../select-files.ts';
import { besideName, findDocuments } from '../store-documents.ts';

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
  /** Data files of the store that get another path. */
  readonly placed: ReadonlyMap<string, string>;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
}

/** The store as it looks in the merged one: index files, documents and data files where they will be. */
export async function arrangeStore(
  { store, selection }: Part,
  earlier: readonly Part[],
  { main, placed, name, signal }: MergeTarget,
): Promise<Store> {
  const { obs, hduIndex } = selection;
  const paths = { hdu: main.selection.hdu.namedPath, obs: main.selection.obs.namedPath };
  const moved = new Map([...placed].map(([from, to]) => [to, from]));
  await moveSiblings(store, moved);
  const made = new Map<string, Uint8Array>();
  // The index files of the first store are taken as they are, unless some of its files have to move.
  if (store !== main.store || placed.size > 0) {
    const mainObs = findIndexTable(main.selection.obs.hdus, 'obs', main.selection.obs.uri).table;
    const tables = new Map<IndexKind, BinTable>([
      ['hdu', alignHduIndex(hduIndex, main.selection.hduIndex, placed)],
      ['obs', alignTimes(findIndexTable(obs.hdus, 'obs', obs.uri).table, mainObs)],
    ]);
    // Files of the shape that those of the first store have, whichever of both makes them.
    if (paths.hdu === paths.obs) made.set(paths.hdu, await indexFileBytes(main.selection.hdu, tables));
    else
      for (const kind of ['hdu', 'obs'] as const) {
        made.set(paths[kind], await indexFileBytes(main.selection[kind], only(tables, kind)));
      }
    for (const [to, from] of await moveDocuments(store, selection, earlier, signal)) moved.set(to, from);
  }
  const json = new Map(main.selection.entry.json);
  for (const [key, value] of Object.entries({ name, hduindx: paths.hdu, obsindx: paths.obs }))
    json.set(key, jsonFrom(value));
  const master = withDatasets(store.master, [datasetEntryFrom(json)]);
  return { source: new RearrangedSource(store.source, { made, moved }), masterName: store.masterName, master };
}

/** The content of an index file with other tables in the place of its own. */
async function indexFileBytes(
  { hdus, uri, namedPath }: IndexFile,
  tables: ReadonlyMap<IndexKind, BinTable>,
): Promise<Uint8Array> {
  const byPosition = new Map([...tables].map(([kind, table]) => [findIndexTable(hdus, kind, uri).hduIndex, table]));
  const chunks: Uint8Array[] = [];
  for await (const chunk of indexFileContent(hdus, byPosition, namedPath)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function only<V>(tables: ReadonlyMap<IndexKind, V>, kind: IndexKind): Map<IndexKind, V> {
  return new Map([...tables].filter(([each]) => each === kind));
}

/** A file may be there as its compressed sibling: that one moves with it. */
async function moveSiblings({ source }: Store, moved: Map<string, string>): Promise<void> {
  for (const [to, from] of [...moved]) {
    if ((await source.stat(from)) === undefined) moved.set(`${to}.gz`, `${from}.gz`);
  }
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
