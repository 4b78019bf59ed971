import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  BinTable,
  buildTable,
  type ColumnSpec,
  type HduOutput,
  primaryHeader,
  readFits,
  writeFits,
} from '../../src/fits/index.ts';
import { type SimulateOptions, simulateStore } from '../../src/simulate/index.ts';
import { inflate } from '../../src/storage/index.ts';

/** A store on disk whose content a test knows. */
export interface TestStore {
  readonly directory: string;
  readonly master: string;
  readonly dataset: string;
  /** Observation IDs in the order of the index. */
  readonly ids: readonly number[];
  /** Data file of an observation, relative to the directory. */
  fileOf(id: number): string;
}

/** Writes a small simulated store. */
export async function simulatedStore(directory: string, options: SimulateOptions): Promise<TestStore> {
  const store = simulateStore({ eventsPerObservation: 20, ...options });
  for (const files of [store.files(), store.indexFiles()]) {
    for (const { path, bytes } of files) await writeBytes(join(directory, path), Buffer.concat([...bytes()]));
  }
  const master = join(directory, 'master.json');
  await writeBytes(master, Buffer.from(JSON.stringify(store.master, null, 2)));
  const ids = store.truth.observations.map(({ obsId }) => obsId);
  const fileOf = (id: number) => `data/${store.name}_obs_id_${String(id).padStart(6, '0')}.fits.gz`;
  return { directory, master, dataset: store.name, ids, fileOf };
}

/** One column of a table that a test makes. */
export type Columns = readonly ColumnSpec[];

/** Writes a FITS file with these tables; compressed if its name says so. */
export async function writeTables(path: string, tables: readonly BinTable[]): Promise<void> {
  const hdus: HduOutput[] = [{ header: primaryHeader() }, ...tables.map((table) => table.toOutput())];
  await writeBytes(path, Buffer.concat([...writeFits(hdus)]));
}

export interface HduRow {
  readonly id: number | string;
  readonly dir?: string;
  readonly name: string;
  readonly type?: string;
}

/** An HDU index with the least that makes one. */
export function hduIndexTable(rows: readonly HduRow[], extname = 'HDU_INDEX', more: Columns = []): BinTable {
  const texts = (name: string, values: readonly string[]): ColumnSpec => ({
    name,
    form: `${Math.max(1, ...values.map((value) => value.length))}A`,
    values: [...values],
  });
  return buildTable({
    name: extname,
    columns: [
      idColumn(rows.map(({ id }) => id)),
      texts(
        'HDU_TYPE',
        rows.map(({ type }) => type ?? 'events'),
      ),
      texts(
        'HDU_CLASS',
        rows.map(({ type }) => type ?? 'events'),
      ),
      texts(
        'FILE_DIR',
        rows.map(({ dir }) => dir ?? 'data'),
      ),
      texts(
        'FILE_NAME',
        rows.map(({ name }) => name),
      ),
      texts(
        'HDU_NAME',
        rows.map(() => 'EVENTS'),
      ),
      ...more,
    ],
  });
}

/** An observation index with the least that makes one. */
export function obsIndexTable(ids: readonly (number | string)[], extname = 'OBS_INDEX', more: Columns = []): BinTable {
  return buildTable({ name: extname, columns: [idColumn(ids), ...more] });
}

function idColumn(ids: readonly (number | string)[]): ColumnSpec {
  if (ids.every((id) => typeof id === 'number')) return { name: 'OBS_ID', form: '1J', values: ids as number[] };
  return { name: 'OBS_ID', form: '16A', values: ids.map(String) };
}

/** Writes a store from index rows: each file named holds its own name as text. */
export async function customStore(
  directory: string,
  rows: readonly HduRow[],
  options: {
    dataset?: string;
    files?: readonly string[];
    hduTables?: readonly BinTable[];
    obsTables?: readonly BinTable[];
  } = {},
): Promise<TestStore> {
  const dataset = options.dataset ?? 'custom';
  const ids = [...new Set(rows.map(({ id }) => id))];
  await writeTables(join(directory, 'hdu-index.fits.gz'), options.hduTables ?? [hduIndexTable(rows)]);
  await writeTables(join(directory, 'obs-index.fits.gz'), options.obsTables ?? [obsIndexTable(ids)]);
  const files = options.files ?? [...new Set(rows.map(({ dir, name }) => join(dir ?? 'data', name)))];
  for (const file of files) await writeBytes(join(directory, file), Buffer.from(`content of ${file}`), true);
  const master = join(directory, 'master.json');
  const entry = { name: dataset, hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };
  await writeFile(master, JSON.stringify({ datasets: [entry] }));
  const fileOf = (id: number) => {
    const row = rows.find((each) => each.id === id);
    return join(row?.dir ?? 'data', row?.name ?? '');
  };
  return { directory, master, dataset, ids: ids.map(Number), fileOf };
}

/** Writes bytes, compressed if the name says so. */
export async function writeBytes(path: string, bytes: Uint8Array, asTheyAre = false): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, path.endsWith('.gz') && !asTheyAre ? gzipSync(bytes, { level: 1 }) : bytes);
}

/** The tables of a FITS file. */
export async function readTables(path: string): Promise<BinTable[]> {
  const bytes = await readFile(path);
  const source = (async function* () {
    yield bytes;
  })();
  const hdus = await readFits(source, { uri: path, inflate });
  return hdus.filter(({ kind }) => kind === 'bintable').map((hdu) => BinTable.fromHdu(hdu, path));
}

/** Rows of the first table of a file, scalar columns by name. */
export async function readRows(path: string): Promise<Record<string, unknown>[]> {
  const [table] = await readTables(path);
  if (table === undefined) throw new Error(`no table in ${path}`);
  const columns = table.columns.map((column) => ({ name: column.name, data: table.read(column) }));
  return Array.from({ length: table.rowCount }, (_, row) =>
    Object.fromEntries(
      columns.map(({ name, data }) => {
        if (data.kind === 'string' || data.kind === 'array') return [name, data.get(row)];
        const value = data.width === 1 ? data.values[row] : data.values.slice(row * data.width, (row + 1) * data.width);
        return [name, typeof value === 'bigint' ? Number(value) : value];
      }),
    ),
  );
}

/** The `OBS_ID` column of the first table of a file. */
export async function readIds(path: string): Promise<unknown[]> {
  return (await readRows(path)).map((row) => row['OBS_ID']);
}
