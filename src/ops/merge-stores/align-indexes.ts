import { directoryOf, fileNameOf } from '../../core/index.ts';
import {
  type BinTable,
  type ColumnSpec,
  type Hdu,
  type HduOutput,
  replaceColumns,
  setChecksum,
  writeFits,
} from '../../fits/index.ts';
import {
  findIndexTable,
  type HduIndex,
  type IndexKind,
  joinInStore,
  readTimeReference,
  relativePath,
  timeOfUtc,
  utcOfTime,
} from '../../gadf/index.ts';
import { deflate } from '../../storage/index.ts';
import type { IndexFile } from '../open-store.ts';

/** The HDU index with paths that count from where another one lies, and lead to where files have been moved. */
export function alignHduIndex(index: HduIndex, main: HduIndex, moved: ReadonlyMap<string, string>): BinTable {
  const base = main.table.header.get('BASE_DIR');
  const from = joinInStore([directoryOf(main.path), typeof base === 'string' ? base : ''], `HDU index "${main.uri}"`);
  const { paths, fileOfRow } = index.files();
  const folders: string[] = [];
  const names: string[] = [];
  for (const file of fileOfRow) {
    const path = file < 0 ? undefined : (paths[file] as string);
    const target = path === undefined ? '' : (moved.get(path) ?? path);
    folders.push(path === undefined ? '' : relativePath(from, directoryOf(target)));
    names.push(fileNameOf(target));
  }
  return replaceColumns(index.table, [textColumn('FILE_DIR', folders), textColumn('FILE_NAME', names)]);
}

function textColumn(name: string, values: readonly string[]): ColumnSpec {
  return { name, form: `${values.reduce((most, value) => Math.max(most, value.length), 1)}A`, values };
}

/** Columns of an observation index that count from its reference. @see GADF v0.3 obs-index */
const TIME_COLUMNS = ['TSTART', 'TSTOP', 'EVENT_TIME_MIN', 'EVENT_TIME_MAX'];

/**
 * The observation index with times that count from the moment that those of another one count from. Times whose reference
 * is the same stay as they are to the last bit; an index without any is taken to be like the other one.
 */
export function alignTimes(table: BinTable, main: BinTable): BinTable {
  const specs = TIME_COLUMNS.flatMap((name): ColumnSpec[] => {
    const [column, other] = [table.column(name), main.column(name)];
    if (column === undefined) return [];
    const own = readTimeReference(table.header, table.uri, column.unit);
    const wanted = readTimeReference(main.header, main.uri, other?.unit ?? column.unit);
    if (own === undefined || wanted === undefined || JSON.stringify(own) === JSON.stringify(wanted)) return [];
    const data = table.read(column);
    if (data.kind !== 'number' || data.width !== 1) return [];
    const values = Array.from(data.values, (time) =>
      Number.isFinite(time) ? timeOfUtc(wanted, utcOfTime(own, time)) : undefined,
    );
    return [{ name, form: '1D', unit: other?.unit ?? column.unit, values }];
  });
  return replaceColumns(table, specs);
}

/** The content of an index file with other tables in the place of its own; compressed if its new path says so. */
export async function indexFileBytes(
  { hdus, uri }: Pick<IndexFile, 'hdus' | 'uri'>,
  tables: ReadonlyMap<IndexKind, BinTable>,
  path: string,
): Promise<Uint8Array> {
  const byPosition = new Map([...tables].map(([kind, table]) => [findIndexTable(hdus, kind, uri).hduIndex, table]));
  const content = writeFits(hdus.map((hdu) => outputOf(hdu, byPosition.get(hdu.index))));
  const chunks: Uint8Array[] = [];
  for await (const chunk of path.endsWith('.gz') ? deflate(content) : content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function outputOf(hdu: Hdu, table: BinTable | undefined): HduOutput {
  if (table === undefined) return { header: hdu.header, ...(hdu.data && { data: hdu.data }) };
  const output = table.toOutput();
  setChecksum(output);
  return output;
}
