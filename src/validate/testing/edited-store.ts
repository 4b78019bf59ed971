import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BinTable, type HduOutput, type Header, readFits, setChecksum, writeFits } from '../../fits/index.ts';
import { type SimulateOptions, simulateStore } from '../../simulate/index.ts';

/** An HDU that can be changed. */
export interface EditedHdu {
  readonly header: Header;
  data: Uint8Array;
}

/** A simulated store with one thing changed. */
export interface StoreEdit {
  readonly options?: Partial<SimulateOptions>;
  /** Changes an HDU, by EXTNAME, of the first data file, or of the indexes (HDU_INDEX, OBS_INDEX). */
  readonly hdus?: Readonly<Record<string, (hdu: EditedHdu) => void>>;
  /** HDUs behind those of the first data file. */
  readonly added?: readonly BinTable[];
  /** Changes the bytes of the first data file, or of the index files; checksums are not renewed. */
  readonly bytes?: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | undefined>>;
  readonly master?: (master: { datasets: Record<string, unknown>[] }) => unknown;
  /** New paths of files. */
  readonly moved?: Readonly<Record<string, string>>;
  /** Leave checksums as they are. */
  readonly keepChecksums?: boolean;
}

/** The first data file of an edited store. */
export const FIRST_FILE = 'data/simulated_obs_id_100001.fits';

/** What all edited stores are made of: two observations with a response of their own. */
const BASE: SimulateOptions = { observations: 2, gzip: false, eventsPerObservation: 60, seed: 4 };

/** Writes a store and returns its directory. */
export async function writeEditedStore(directory: string, edit: StoreEdit = {}): Promise<string> {
  const store = simulateStore({ ...BASE, ...edit.options });
  for (const file of [...store.files(), ...store.indexFiles()]) {
    const isFirst = file.path === FIRST_FILE;
    const original = new Uint8Array(Buffer.concat([...file.bytes()]));
    const edited = await editHdus(original, edit, isFirst);
    const change = edit.bytes?.[file.path];
    const bytes = change === undefined ? edited : change(edited);
    if (bytes === undefined) continue;
    const path = join(directory, edit.moved?.[file.path] ?? file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  const master = structuredClone(store.master) as { datasets: Record<string, unknown>[] };
  const json = edit.master?.(master) ?? master;
  await writeFile(join(directory, 'master.json'), typeof json === 'string' ? json : JSON.stringify(json));
  return directory;
}

async function editHdus(bytes: Uint8Array, edit: StoreEdit, isFirst: boolean): Promise<Uint8Array> {
  const hdus = await readFits(once(bytes), { uri: 'memory', inflate: (source) => source });
  const isIndex = hdus.some(({ name }) => name.endsWith('_INDEX'));
  const changes = Object.entries(edit.hdus ?? {}).filter(([name]) => hdus.some((hdu) => hdu.name === name));
  const applies = (isFirst || isIndex) && (changes.length > 0 || (isFirst && edit.added !== undefined));
  if (!applies) return bytes;
  const outputs = hdus.map(({ name, header, data }): HduOutput => {
    const hdu: EditedHdu = { header: header.clone(), data: data ?? new Uint8Array(0) };
    const change = edit.hdus?.[name];
    change?.(hdu);
    const output = { header: hdu.header, data: hdu.data };
    if (change !== undefined && edit.keepChecksums !== true) setChecksum(output);
    return output;
  });
  for (const table of edit.added ?? []) outputs.push(table.toOutput());
  return new Uint8Array(Buffer.concat([...writeFits(outputs)]));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
