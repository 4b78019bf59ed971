import { IactError } from '../core/index.ts';
import { BinTable, type Hdu, readFits } from '../fits/index.ts';
import { type HduIndex, isNamedHdu } from '../gadf/index.ts';
import { inflate, type Source } from '../storage/index.ts';
import { findFile } from './store-file.ts';

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

/** The types whose tables are read; larger ones are not, so that memory stays bounded whatever a file holds. */
const READ_TYPES: ReadonlySet<string> = new Set(['events', 'gti']);
const MAX_READ_BYTES = 512 * 1024 * 1024;

/**
 * Looks at HDUs of an index in their files. A file or an HDU that is not there, or is broken, is told in its row, and does
 * not hide the others.
 */
export async function readObservationHdus(
  source: Source,
  index: HduIndex,
  rows: readonly number[],
): Promise<ObservationHdu[]> {
  const listed = rows.map((row) => listedHdu(source, index, row));
  const results = new Map<ListedHdu, Pick<ObservationHdu, 'content' | 'problem'>>();
  for (const path of new Set(listed.map((each) => each.path))) {
    const wanted = listed.filter((each) => each.path === path);
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
}

function listedHdu(source: Source, index: HduIndex, row: number): ListedHdu {
  const text = (column: string): string => index.text(column, row).trim();
  const common = { type: text('HDU_TYPE'), hduClass: text('HDU_CLASS'), name: text('HDU_NAME') };
  try {
    const [path] = index.files(Uint32Array.of(row)).paths;
    return { ...common, path, file: path === undefined ? '' : source.uriOf(path), problem: undefined };
  } catch (error) {
    if (!(error instanceof IactError)) throw error;
    return { ...common, path: undefined, file: text('FILE_NAME'), problem: error.message };
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
    const missing = new Set(wanted);
    const hdus = await readFits(source.read(file.path), {
      uri,
      inflate,
      sourceBytes: file.info.sizeBytes,
      select: (hdu) => {
        const here = wanted.filter(({ name }) => isNamedHdu(hdu, name));
        for (const each of here) missing.delete(each);
        const isRead = here.some(({ type }) => READ_TYPES.has(type.toLowerCase())) && hdu.dataBytes <= MAX_READ_BYTES;
        if (isRead) return 'load';
        return missing.size === 0 ? 'stop' : 'skip';
      },
    });
    return wanted.map(({ name }) => {
      const hdu = hdus.find((each) => isNamedHdu(each, name));
      if (hdu === undefined) return { content: undefined, problem: `"${uri}" holds no HDU "${name}".` };
      return contentOf(hdu, uri);
    });
  } catch (error) {
    if (error instanceof IactError) return all(error.message);
    throw error;
  }
}

function contentOf(hdu: Hdu, uri: string): Pick<ObservationHdu, 'content' | 'problem'> {
  try {
    const table = hdu.data !== undefined && hdu.kind === 'bintable' ? BinTable.fromHdu(hdu, uri) : undefined;
    return { content: { shape: shapeOf(hdu, uri), dataBytes: hdu.dataBytes, table }, problem: undefined };
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
  const shape = `${rowCount} ${rowCount === 1 ? 'row' : 'rows'} x ${columns.length} columns`;
  const largest = columns.reduce<(typeof columns)[number] | undefined>(
    (most, column) => (column.form.bytes > (most?.form.bytes ?? 0) ? column : most),
    undefined,
  );
  if (rowCount !== 1 || largest === undefined || largest.form.repeat < 2 || largest.form.code === 'A') return shape;
  return `${shape}, ${largest.name} ${(largest.dim ?? [largest.form.repeat]).join(' x ')}`;
}
