import { posix } from 'node:path';
import { BinTable, readFits } from '../../src/fits/index.ts';
import { inflate } from '../../src/storage/index.ts';
import { digestOf } from './tree.ts';

/** Rows of an index file: the observations, and the files where it names any. */
export interface IndexRows {
  readonly ids: ReadonlySet<string>;
  /** Paths relative to the directory of the index file. */
  readonly files: ReadonlySet<string>;
}

const known = new Map<string, Promise<IndexRows | Error>>();

/** Reads an index file, or says why it cannot be read. The same bytes are read once. */
export function readIndex(content: Buffer): Promise<IndexRows | Error> {
  const key = digestOf(content);
  const rows = known.get(key) ?? parseIndex(content).catch((error: Error) => error);
  known.set(key, rows);
  return rows;
}

async function parseIndex(content: Buffer): Promise<IndexRows> {
  const chunks = (async function* () {
    yield content;
  })();
  const hdus = await readFits(chunks, { uri: 'index', inflate });
  const hdu = hdus.find(({ kind }) => kind === 'bintable');
  if (hdu === undefined) throw new Error('it holds no table');
  const table = BinTable.fromHdu(hdu, 'index');
  const texts = (name: string): string[] => {
    const column = table.columns.find((each) => each.name === name);
    const data = column && table.read(column);
    if (data === undefined || data.kind === 'array') return [];
    const at = (row: number) => (data.kind === 'string' ? data.get(row) : data.values[row]);
    return Array.from({ length: table.rowCount }, (_, row) => String(at(row)).trim());
  };
  const directories = texts('FILE_DIR');
  const files = texts('FILE_NAME').map((name, row) => posix.join(directories[row] ?? '', name));
  return { ids: new Set(texts('OBS_ID')), files: new Set(files) };
}
