import type { BinTable } from '../../fits/index.ts';
import { datasetEntryFrom, type IndexKind, jsonFrom, withDatasets } from '../../gadf/index.ts';
import { contentEquals } from '../content-equals.ts';
import { indexFileContent } from '../index-file-content.ts';
import type { IndexFile, Store } from '../open-store.ts';
import { alignIndex } from '../plan-indexes.ts';
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
  const paths = { hdu: main.selection.hdu.namedPath, obs: main.selection.obs.namedPath };
  const moved = new Map([...placed].map(([from, to]) => [to, from]));
  await moveSiblings(store, moved);
  const made = new Map<string, Uint8Array>();
  // The index files of the first store are taken as they are, unless some of its files have to move.
  if (store !== main.store || placed.size > 0) {
    const aligned = (kind: IndexKind, moving?: ReadonlyMap<string, string>) =>
      alignIndex(kind, selection[kind], main.selection[kind], moving).map(tableOf);
    const tables = [aligned('hdu', placed), aligned('obs')] as const;
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

function tableOf({ local, remote }: ReturnType<typeof alignIndex>[number]): PlacedTable {
  return [local.hduIndex, remote];
}

/** The content of an index file with other tables in the place of its own. */
async function indexFileBytes({ hdus, namedPath }: IndexFile, tables: readonly PlacedTable[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of indexFileContent(hdus, new Map(tables), namedPath)) chunks.push(chunk);
  return Buffer.concat(chunks);
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
