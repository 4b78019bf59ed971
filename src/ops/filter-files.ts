import { basename, isAbsolute, join } from 'node:path';
import { IactError } from '../core/index.ts';
import { compileFilter, type ExprTable, type Filter } from '../expr/index.ts';
import { BinTable, type Hdu } from '../fits/index.ts';
import { isNamedHdu } from '../gadf/index.ts';
import { LocalSource, readText } from '../storage/index.ts';
import { exprTable } from './expr-table.ts';
import { directoryPart } from './open-store.ts';
import { readFitsFile } from './store-file.ts';

/** What a row filter may name besides the columns and keywords of its table. */
export interface FilterFiles {
  /** The HDUs of the file that the table is in. */
  readonly hdus: readonly Hdu[];
  readonly uri: string;
  /** The directory that names of other files are relative to; without it other files cannot be named. */
  readonly directory: string | undefined;
}

type Resource = 'table' | 'text';
type Loaded<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Compiles a row filter that may name files (`gtifilter`, `gtioverlap`, `regfilter`).
 *
 * Which ones it names is known only when it is compiled, and compiling cannot wait for a file: what was found missing is
 * read, and it is compiled again.
 *
 * @throws {IactError} as `compileFilter`; `not-found`, `unreadable` or `bad-data` for what it names.
 */
export async function compileFilterWithFiles(text: string, table: ExprTable, files: FilterFiles): Promise<Filter> {
  const tables = new Map<string, Loaded<ExprTable | undefined>>();
  const texts = new Map<string, Loaded<string>>();
  const missing: { kind: Resource; name: string }[] = [];
  const get = <T>(kind: Resource, known: ReadonlyMap<string, Loaded<T>>, name: string): T => {
    const loaded = known.get(name);
    if (loaded === undefined) {
      missing.push({ kind, name });
      throw new Error(`"${name}" is yet to be read`);
    }
    if ('error' in loaded) throw loaded.error;
    return loaded.value;
  };
  const resources = {
    readTable: (name: string) => get('table', tables, name),
    readText: (name: string) => get('text', texts, name),
  };
  for (;;) {
    try {
      return compileFilter(text, table, { resources });
    } catch (error) {
      const next = missing.pop();
      if (next === undefined) throw error;
      if (next.kind === 'table') tables.set(next.name, await attempt(readTable(next.name, files)));
      else texts.set(next.name, await attempt(readRegionText(next.name, files)));
    }
  }
}

async function attempt<T>(reading: Promise<T>): Promise<Loaded<T>> {
  try {
    return { value: await reading };
  } catch (error) {
    return { error };
  }
}

/** @see CFITSIO User's Reference Guide, "Good Time Interval Filtering": `file[EXTENSION]`, `file+NUMBER`, or parts of it */
const TABLE_NAME = /^(.*?)(?:\[([^\]]*)\]|\+(\d+))?$/s;

async function readTable(name: string, files: FilterFiles): Promise<ExprTable | undefined> {
  const [, path = '', extension, number] = TABLE_NAME.exec(name) ?? [];
  const wanted = (extension ?? number ?? '').trim();
  const { uri, hdus } = path.trim() === '' ? files : await readOther(path.trim(), files);
  const isWanted = (hdu: Hdu): boolean =>
    wanted === '' ? hdu.name.toUpperCase().includes('GTI') : isNamedHdu(hdu, wanted);
  const found = hdus.find((hdu) => hdu.kind === 'bintable' && isWanted(hdu));
  if (found !== undefined) return exprTable(BinTable.fromHdu(found, uri));
  const what = wanted === '' ? 'whose name contains GTI' : `"${wanted}"`;
  throw new IactError('not-found', `"${uri}" holds no table ${what}.`, { uri });
}

async function readOther(path: string, files: FilterFiles): Promise<Pick<FilterFiles, 'uri' | 'hdus'>> {
  const { source, name, uri } = locate(path, files);
  const info = await source.stat(name);
  if (info?.kind !== 'file') throw new IactError('not-found', `"${uri}" does not exist.`, { uri });
  return { uri, hdus: await readFitsFile(source, { path: name, info }) };
}

async function readRegionText(path: string, files: FilterFiles): Promise<string> {
  const { source, name } = locate(path, files);
  return readText(source, name);
}

function locate(path: string, { directory }: FilterFiles): { source: LocalSource; name: string; uri: string } {
  if (directory === undefined) throw new IactError('usage', 'Other files cannot be named here.');
  const file = isAbsolute(path) || directory === '' ? path : join(directory, path);
  const source = new LocalSource(directoryPart(file));
  return { source, name: basename(file), uri: source.uriOf(basename(file)) };
}
