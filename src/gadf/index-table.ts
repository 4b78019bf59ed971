import { IactError } from '../core/index.ts';
import { BinTable, COMPRESSED_IN_TILES, concatTables, type Hdu, isCompressedTable } from '../fits/index.ts';
import { baseDirectory } from './hdu-index.ts';

/** The two index tables of a dataset. */
export type IndexKind = 'hdu' | 'obs';

/** The HDU names that GADF v0.3 suggests. */
export const INDEX_HDU_NAME: Readonly<Record<IndexKind, string>> = { hdu: 'HDU_INDEX', obs: 'OBS_INDEX' };

const REQUIRED: Readonly<Record<IndexKind, readonly string[]>> = {
  hdu: ['OBS_ID', 'FILE_NAME'],
  obs: ['OBS_ID'],
};

/** An index table and the HDU that it came from. */
export interface IndexTable {
  readonly table: BinTable;
  /** Position of the HDU in its file. */
  readonly hduIndex: number;
}

/**
 * Finds an index table among the HDUs of a file: the binary table of the suggested name, or else the first one with the
 * columns that make such an index, whatever its name (lstchain writes `HDU INDEX`, others none at all).
 *
 * @param hdus with the data of the binary tables loaded.
 * @throws {IactError} `bad-data`, telling which columns each table lacks.
 * @see GADF v0.3 hdu-index, obs-index
 */
export function findIndexTable(hdus: readonly Hdu[], kind: IndexKind, uri: string): IndexTable {
  const fits = indexesAmong(hdus, kind);
  const chosen = fits.find((hdu) => isNamed(hdu, kind)) ?? fits[0];
  if (chosen !== undefined) return { table: BinTable.fromHdu(chosen, uri), hduIndex: chosen.index };
  const tables = hdus.filter((hdu) => hdu.kind === 'bintable');
  const seen = tables.map((hdu) => `HDU ${hdu.index}${hdu.name && ` "${hdu.name}"`} ${whyNone(hdu, kind)}`);
  const found = tables.length === 0 ? 'it holds no binary table' : seen.join('; ');
  const what = kind === 'hdu' ? 'an HDU index' : 'an observation index';
  throw new IactError('bad-data', `"${uri}" holds no table that can be ${what}: ${found}.`, { uri });
}

/**
 * Finds all HDU indexes of a file, in their order: HAWC and SWGO list each event type in a table of its own.
 *
 * @throws {IactError} `bad-data`, as {@link findIndexTable}.
 */
export function findHduIndexTables(hdus: readonly Hdu[], uri: string): IndexTable[] {
  const fits = indexesAmong(hdus, 'hdu');
  if (fits.length === 0) return [findIndexTable(hdus, 'hdu', uri)];
  return fits.map((hdu) => ({ table: BinTable.fromHdu(hdu, uri), hduIndex: hdu.index }));
}

/**
 * The index tables of a kind among the HDUs of a file, as {@link findIndexTable} and {@link findHduIndexTables} find them.
 * Several are HDU indexes only if each tells that it is one: other tables name files of observations, too.
 */
export function indexesAmong<T extends Pick<Hdu, 'header' | 'kind' | 'name'>>(
  hdus: readonly T[],
  kind: IndexKind,
): T[] {
  const fits = hdus.filter((hdu) => isIndex(hdu, kind));
  const listing = kind === 'hdu' ? fits.filter(listsHdus) : [];
  if (listing.length > 1) return listing;
  const chosen = fits.find((hdu) => isNamed(hdu, kind)) ?? listing[0] ?? fits[0];
  return chosen === undefined ? [] : [chosen];
}

function isNamed({ name }: Pick<Hdu, 'name'>, kind: IndexKind): boolean {
  return name.toUpperCase() === INDEX_HDU_NAME[kind];
}

/** Whether a table with the columns of an HDU index names HDUs, or says that it is one. @see GADF v0.3 hdu-index */
function listsHdus(hdu: Pick<Hdu, 'header' | 'name'>): boolean {
  const names = columnNames(hdu);
  if (names.has('HDU_NAME') || names.has('HDU_TYPE') || isNamed(hdu, 'hdu')) return true;
  return String(hdu.header.get('HDUCLAS2')).trim().toUpperCase() === 'HDU';
}

/**
 * The rows of several HDU indexes of a file in one table, one below the other.
 *
 * @throws {IactError} `bad-data` if their paths count from different folders.
 */
export function joinHduIndexTables(tables: readonly IndexTable[], uri: string): BinTable {
  const [first, ...others] = tables.map(({ table }) => table);
  if (first === undefined) throw new IactError('bad-data', `"${uri}" holds no HDU index.`, { uri });
  if (others.length === 0) return first;
  const base = baseDirectory(first.header);
  if (others.some(({ header }) => baseDirectory(header) !== base)) {
    throw new IactError('bad-data', `The HDU indexes in "${uri}" differ in BASE_DIR: give all the same, or none.`, {
      uri,
    });
  }
  return concatTables([first, ...others].map((table) => ({ table })));
}

/** Rows of tables that were joined, by table: the numbers that they have there. */
export function rowsOfEach(tables: readonly IndexTable[], rows: Uint32Array): Uint32Array[] {
  let first = 0;
  return tables.map(({ table: { rowCount } }) => {
    const start = first;
    first += rowCount;
    return rows.filter((row) => row >= start && row < start + rowCount).map((row) => row - start);
  });
}

/** Whether a binary table HDU has the columns of such an index, and is none in tiles. Works on headers alone. */
export function isIndex(hdu: Pick<Hdu, 'header' | 'kind'>, kind: IndexKind): boolean {
  if (isCompressedTable(hdu.header)) return false;
  if (hdu.kind !== 'bintable' || missing(hdu, kind).length > 0) return false;
  return kind === 'hdu' || !columnNames(hdu).has('FILE_NAME');
}

function whyNone(hdu: Pick<Hdu, 'header'>, kind: IndexKind): string {
  const lacking = missing(hdu, kind);
  return lacking.length > 0 ? `lacks ${lacking.join(', ')}` : `is ${COMPRESSED_IN_TILES}`;
}

function missing(hdu: Pick<Hdu, 'header'>, kind: IndexKind): string[] {
  const names = columnNames(hdu);
  const lacking = REQUIRED[kind].filter((name) => !names.has(name));
  return lacking.length === 0 && kind === 'obs' && names.has('FILE_NAME')
    ? ['(it has FILE_NAME: an HDU index)']
    : lacking;
}

/** Column names in capitals: FITS 4.0 §7.3.1 compares them without regard to case. */
function columnNames(hdu: Pick<Hdu, 'header'>): Set<string> {
  const names = new Set<string>();
  const count = Math.min(hdu.header.integer('TFIELDS') ?? 0, 999);
  for (let index = 1; index <= count; index++) {
    const name = hdu.header.get(`TTYPE${index}`);
    if (typeof name === 'string') names.add(name.trim().toUpperCase());
  }
  return names;
}
