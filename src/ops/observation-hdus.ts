import { IactError } from '../core/index.ts';
import { BinTable, COMPRESSED_IN_TILES, type Hdu, isCompressedTable, readFits } from '../fits/index.ts';
import { type HduIndex, hduKey, hduKeys, pathOfText } from '../gadf/index.ts';
import { findFile, inflate, type Source } from '../storage/index.ts';

/** An HDU of an observation, as its HDU index lists it and as its file has it. */
export interface ObservationHdu {
  /** HDU_TYPE, HDU_CLASS and HDU_NAME; empty where the index does not tell. */
  readonly type: string;
  readonly hduClass: string;
  readonly name: string;
  /** The file as people see it, empty if the row names none. */
  readonly file: string;
  /** `undefined` if there is no such HDU; {@link problem} tells why. */
  readonly content: HduContent | undefined;
  readonly problem: string | undefined;
}

/** What an HDU holds. */
export interface HduContent {
  /** `12 rows x 5 columns`, `100 x 80 pixels`. */
  readonly shape: string;
  readonly dataBytes: number;
  /** The table, if it is one whose data were asked for. */
  readonly table: BinTable | undefined;
}

/**
 * The types whose tables are read, the first row of each, and up to which size: memory stays bounded whatever a file
 * holds. A good time interval takes 16 bytes in a file, and twenty times that when it is described.
 */
export const MAX_READ_BYTES: Readonly<Record<string, number>> = { events: 512 * 1024 * 1024, gti: 4 * 1024 * 1024 };

/**
 * Looks at HDUs of an index in their files. A file or an HDU that is not there, or is broken, is told in its row, and does
 * not hide the others.
 */
export async function readObservationHdus(
  source: Source,
  index: HduIndex,
  rows: readonly number[],
): Promise<ObservationHdu[]> {
  const seen = new Set<string>();
  const listed = rows.map((row) => listedHdu(source, index, row, seen));
  const results = new Map<ListedHdu, Pick<ObservationHdu, 'content' | 'problem'>>();
  for (const [path, wanted] of groupedBy(listed, ({ path }) => path)) {
    const found = path === undefined ? [] : await readContents(source, path, wanted);
    for (const [i, each] of wanted.entries()) {
      results.set(each, found[i] ?? { content: undefined, problem: each.problem ?? 'The index names no file for it.' });
    }
  }
  return listed.map((each) => {
    const { type, hduClass, name, file } = each;
    return { type, hduClass, name, file, content: undefined, problem: undefined, ...results.get(each) };
  });
}

interface ListedHdu extends Omit<ObservationHdu, 'content'> {
  readonly path: string | undefined;
  /** How large its table may be to be read; 0 for one that is not. */
  readonly maxReadBytes: number;
}

/** @param seen the types of the rows before, in lower case. */
function listedHdu(source: Source, index: HduIndex, row: number, seen: Set<string>): ListedHdu {
  const text = (column: string): string => index.text(column, row).trim();
  const type = text('HDU_TYPE');
  const known = type.toLowerCase();
  const maxReadBytes = seen.has(known) ? 0 : (MAX_READ_BYTES[known] ?? 0);
  seen.add(known);
  const common = { type, hduClass: text('HDU_CLASS'), name: text('HDU_NAME'), maxReadBytes };
  try {
    const [path] = index.files(Uint32Array.of(row)).paths;
    return { ...common, path, file: path === undefined ? '' : source.uriOf(path), problem: undefined };
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    return { ...common, path: undefined, file: pathOfText(text('FILE_NAME')), problem: error.message };
  }
}

async function readContents(
  source: Source,
  path: string,
  wanted: readonly ListedHdu[],
): Promise<Pick<ObservationHdu, 'content' | 'problem'>[]> {
  const uri = source.uriOf(path);
  const all = (problem: string) => wanted.map(() => ({ content: undefined, problem }));
  try {
    const file = await findFile(source, path);
    if (file === undefined) return all(`"${uri}" does not exist.`);
    const byKey = groupedBy(wanted, ({ name }) => hduKey(name));
    // Of several HDUs of one name the first counts.
    const positions = new Map<string, number>();
    const hdus = await readFits(source.read(file.path), {
      uri,
      inflate,
      sourceBytes: file.info.sizeBytes,
      select: (hdu) => {
        const keys = hduKeys(hdu).filter((key) => byKey.has(key) && !positions.has(key));
        for (const key of keys) positions.set(key, hdu.index);
        const isRead = keys.some((key) => byKey.get(key)?.some(({ maxReadBytes }) => hdu.dataBytes <= maxReadBytes));
        if (isRead) return 'load';
        return positions.size === byKey.size ? 'stop' : 'skip';
      },
    });
    return wanted.map(({ name, maxReadBytes }) => {
      const hdu = hdus[positions.get(hduKey(name)) ?? -1];
      if (hdu === undefined) return { content: undefined, problem: `"${uri}" holds no HDU "${name}".` };
      return contentOf(hdu, uri, maxReadBytes);
    });
  } catch (error) {
    if (error instanceof IactError) return all(error.message);
    throw error;
  }
}

function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function contentOf(hdu: Hdu, uri: string, maxReadBytes: number): Pick<ObservationHdu, 'content' | 'problem'> {
  const { data, dataBytes, header, kind, name } = hdu;
  if (isCompressedTable(header)) {
    const rowCount = header.integer('ZNAXIS2') ?? 0;
    const shape = `${rowsText(rowCount)} x ${header.integer('TFIELDS') ?? 0} columns, compressed`;
    const problem = `Tables of "${uri}" are ${COMPRESSED_IN_TILES}.`;
    return { content: { shape, dataBytes, table: undefined }, problem };
  }
  try {
    const table = data !== undefined && kind === 'bintable' ? BinTable.fromHdu(hdu, uri) : undefined;
    const tooLarge = maxReadBytes > 0 && dataBytes > maxReadBytes;
    const problem = `HDU "${name}" of "${uri}" was not read: it holds ${dataBytes} bytes, at most ${maxReadBytes} are.`;
    return { content: { shape: shapeOf(hdu, uri), dataBytes, table }, problem: tooLarge ? problem : undefined };
  } catch (error) {
    if (error instanceof IactError) return { content: undefined, problem: error.message };
    throw error;
  }
}

function shapeOf({ kind, header }: Hdu, uri: string): string {
  if (kind === 'bintable') return tableShape(new BinTable(header, new Uint8Array(0), new Uint8Array(0), uri));
  const axes = Array.from({ length: header.integer('NAXIS') ?? 0 }, (_, i) => header.integer(`NAXIS${i + 1}`) ?? 0);
  return axes.length === 0 ? 'no data' : `${axes.join(' x ')} pixels`;
}

/** Rows and columns; of a table with one row, as those of instrument responses, also the largest array in it. */
function tableShape({ rowCount, columns }: BinTable): string {
  const shape = `${rowsText(rowCount)} x ${columns.length} columns`;
  const largest = columns.reduce<(typeof columns)[number] | undefined>(
    (most, column) => (column.form.bytes > (most?.form.bytes ?? 0) ? column : most),
    undefined,
  );
  if (rowCount !== 1 || largest === undefined || largest.form.repeat < 2 || largest.form.code === 'A') return shape;
  return `${shape}, ${largest.name} ${(largest.dim ?? [largest.form.repeat]).join(' x ')}`;
}

function rowsText(count: number): string {
  return `${count} ${count === 1 ? 'row' : 'rows'}`;
}
