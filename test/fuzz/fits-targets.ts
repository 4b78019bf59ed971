import { BinTable, concatTables, type Hdu, readFits, verifyChecksum } from '../../src/fits/index.ts';
import { tableOfManyTypes } from '../../src/fits/testing/tables.ts';
import {
  findIndexTable,
  HduFinder,
  HduIndex,
  mergeIndex,
  parseRunList,
  readObservationIds,
  selectRuns,
} from '../../src/gadf/index.ts';
import { inflate } from '../../src/storage/index.ts';
import { CARD_WORDS, eventFile, fitsFile, gzipped, indexFiles } from './corpus.ts';
import { attempt, demand, type FuzzTarget } from './target.ts';

const SOUND = tableOfManyTypes();

/** Chunks of a size that nobody counts on. */
export async function* inChunks(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

function read(bytes: Uint8Array): Promise<Hdu[] | undefined> {
  const options = { uri: 'fuzz.fits', inflate, sourceBytes: bytes.length };
  return attempt(() => readFits(inChunks(bytes), options));
}

async function useTable(table: BinTable): Promise<void> {
  for (const column of table.columns) {
    const data = await attempt(() => table.read(column));
    if (data?.kind === 'array') for (let row = 0; row < data.length; row++) await attempt(() => data.get(row));
    if (data?.kind === 'string') for (let i = 0; i < Math.min(data.length, 1000); i++) data.get(i);
  }
  await attempt(() => concatTables([{ table }, { table: SOUND }]));
  await attempt(() => concatTables([{ table: SOUND }, { table }]));
  const copy = await attempt(() => fitsFile(table));
  if (copy !== undefined) demand((await read(copy))?.length === 2, 'a table that was written can be read');
}

async function useFits(bytes: Uint8Array): Promise<void> {
  for (const hdu of (await read(bytes)) ?? []) {
    await attempt(() => verifyChecksum(hdu));
    const table = await attempt(() => BinTable.fromHdu(hdu, 'fuzz.fits'));
    if (table !== undefined) await useTable(table);
  }
}

/** Headers, tables of all column types, data and heap. */
export const fitsTarget: FuzzTarget = {
  name: 'fits',
  corpus: [fitsFile(SOUND), eventFile(), ...indexFiles()],
  words: CARD_WORDS,
  run: useFits,
};

/** Changed streams of gzip, and changed files in intact ones. No input may expand beyond what DEFLATE can. */
export const gzipTarget: FuzzTarget = {
  name: 'gzip',
  corpus: gzipped([fitsFile(SOUND), ...indexFiles(), new Uint8Array(3_000_000), new Uint8Array(0)]),
  words: ['\x1f\x8b\x08\0\0\0\0\0\0\x03', '\x1f\x8b\x08\x1f', '\0\0\xff\xff', '\x1f\x8b\x08\x04\0\0\0\0\0\x03\xff\xff'],
  async run(input) {
    await useFits(input);
    let expanded = 0;
    try {
      for await (const chunk of inflate(inChunks(input))) expanded += chunk.length;
    } catch (error) {
      // Whoever reads names the file; here the platform says what is wrong with the data.
      const code = (error as { code?: unknown }).code;
      demand(typeof code === 'string' && /^Z_/.test(code), `inflate() fails by an error of zlib, not ${String(error)}`);
    }
    demand(expanded <= 1032 * input.length + 1032, 'DEFLATE expands 1032 times at most');
  },
};

const [soundIndex] = indexFiles().slice(-1);

async function soundTables(): Promise<{ hdu: BinTable; obs: BinTable }> {
  const hdus = await readFits(inChunks(soundIndex ?? new Uint8Array(0)), { uri: 'sound.fits', inflate });
  const of = (kind: 'hdu' | 'obs') => findIndexTable(hdus, kind, 'sound.fits').table;
  return { hdu: of('hdu'), obs: of('obs') };
}

async function useIndex(table: BinTable, kind: 'hdu' | 'obs', sound: BinTable): Promise<void> {
  const ids = await attempt(() => readObservationIds(table, 'fuzz.fits'));
  if (ids === undefined) return;
  const known = new Set(Array.from({ length: Math.min(ids.length, 100) }, (_, row) => ids.at(row)));
  await attempt(() => selectRuns(parseRunList('1\nrun-1\n100000', 'runs'), ids));
  if (kind === 'hdu') await useHduIndex(table, known);
  const remoteRows = Uint32Array.from({ length: ids.length }, (_, row) => row);
  const soundRows = Uint32Array.from({ length: sound.rowCount }, (_, row) => row);
  for (const prefer of ['remote', 'local'] as const) {
    const [mine, theirs] = [
      { local: table, localUri: 'a', remote: sound, remoteUri: 'b', remoteRows: soundRows },
      { local: sound, localUri: 'b', remote: table, remoteUri: 'a', remoteRows },
    ];
    for (const merge of [mine, theirs]) {
      const merged = await attempt(() => mergeIndex({ ...merge, prefer }).join());
      if (merged !== undefined) await attempt(() => fitsFile(merged));
    }
  }
}

async function useHduIndex(table: BinTable, known: ReadonlySet<number | string>): Promise<void> {
  const index = await attempt(() => new HduIndex(table, 'index/hdu-index.fits', 'fuzz.fits'));
  const files = await attempt(() => index?.files());
  for (const path of files?.paths ?? []) {
    demand(
      !path.split('/').some((step) => ['', '.', '..'].includes(step)),
      `the path ${JSON.stringify(path)} is resolved`,
    );
    demand(!path.startsWith('/') && !path.includes('\0'), `the path ${JSON.stringify(path)} stays in the store`);
  }
  const finder = await attempt(() => index && new HduFinder(index, known, 'fuzz.fits'));
  for (const id of known) await attempt(() => finder?.find(id, ['events', 'gti', 'aeff_2d']));
}

/** Index tables: finding, paths, selecting, and joining with sound ones. */
export const indexTarget: FuzzTarget = {
  name: 'index',
  corpus: indexFiles(),
  words: CARD_WORDS,
  async run(input) {
    const hdus = await read(input);
    const sound = await soundTables();
    for (const kind of ['hdu', 'obs'] as const) {
      const table = await attempt(() => hdus && findIndexTable(hdus, kind, 'fuzz.fits').table);
      if (table !== undefined) await useIndex(table, kind, sound[kind]);
    }
  },
};
