import { directoryOf, fileNameOf, IactError } from '../core/index.ts';
import { BinTable, type Column, type ColumnSpec, type Header, replaceColumns } from '../fits/index.ts';
import { alignDates } from './align-dates.ts';
import { relativePath, textColumn } from './build-index.ts';
import type { HduIndex } from './hdu-index.ts';
import { textOfPath } from './path-text.ts';
import { TIME_COLUMNS, TIME_KEYWORDS } from './time-columns.ts';
import { readTimeReference, timeOfUtc, utcOfTime } from './time-reference.ts';

/**
 * The table of an HDU index with paths that count from where those of another one do, so that its rows can join it or stand
 * in its place.
 *
 * @param moved new paths of files, by their former ones.
 * @throws {IactError} `unsafe-path` for a base directory, or a row, that leaves the store.
 * @see GADF v0.3 hdu-index, BASE_DIR
 */
export function alignHduIndex(index: HduIndex, main: HduIndex, moved: ReadonlyMap<string, string>): BinTable {
  const hasTheirBase = index.base === main.base;
  const table = hasTheirBase && moved.size === 0 ? index.table : withPaths(index, main.base, moved);
  return withCards(table, main.table.header, ['BASE_DIR']);
}

function withPaths(index: HduIndex, base: string, moved: ReadonlyMap<string, string>): BinTable {
  const { paths, fileOfRow } = index.files();
  const folders: string[] = [];
  const names: string[] = [];
  for (const file of fileOfRow) {
    const path = file < 0 ? undefined : (paths[file] as string);
    const target = path === undefined ? '' : (moved.get(path) ?? path);
    folders.push(path === undefined ? '' : relativePath(base, directoryOf(target)));
    names.push(fileNameOf(target));
  }
  if (index.table.column('FILE_DIR') === undefined) {
    const whole = names.map((name, row) => [folders[row] ?? '', name].filter((part) => part !== '').join('/'));
    return replaceColumns(index.table, [pathColumn('FILE_NAME', whole)]);
  }
  return replaceColumns(index.table, [pathColumn('FILE_DIR', folders), pathColumn('FILE_NAME', names)]);
}

function pathColumn(name: string, paths: readonly string[]): ColumnSpec {
  return { ...textColumn(name, paths.map(textOfPath)), anyBytes: true };
}

/**
 * An observation index with times that count from the moment that those of another one count from, and dates in its scale, so
 * that its rows can join it or stand in its place. Times whose reference is the same stay as they are to the last bit; an
 * index without any is taken to be like the other one.
 *
 * @throws {IactError} `bad-data` for times that would have to be converted, and cannot be.
 */
export function alignTimes(table: BinTable, main: BinTable): BinTable {
  const hasReference = ({ header }: BinTable) => header.has('MJDREFI') || header.has('MJDREF');
  if (!hasReference(main)) return table;
  const specs = hasReference(table)
    ? [...TIME_COLUMNS.flatMap((name) => alignColumn(table, main, name)), ...alignDates(table, main)]
    : [];
  return withCards(replaceColumns(table, specs), main.header, TIME_KEYWORDS);
}

function alignColumn(table: BinTable, main: BinTable, name: string): ColumnSpec[] {
  const column = table.column(name);
  if (column === undefined) return [];
  const other = main.column(name);
  // A column that the other table lacks joins it with its own unit.
  const unit = other === undefined ? column.unit : other.unit;
  const hasTheirUnit = (column.unit ?? '') === (unit ?? '');
  if (hasTheirUnit && hasSameCards(table.header, main.header, TIME_KEYWORDS)) return [];
  const own = readTimeReference(table.header, table.uri, column.unit);
  const wanted = readTimeReference(main.header, main.uri, unit);
  if (own === undefined || wanted === undefined) return [];
  const isSame = JSON.stringify(own) === JSON.stringify(wanted);
  if (isSame && hasTheirUnit) return [];
  const times = timesOf(table, column);
  const values = isSame
    ? times
    : times.map((time) => (time === undefined ? undefined : timeOfUtc(wanted, utcOfTime(own, time))));
  return [{ name, form: '1D', unit, values }];
}

/** The times of a column, `undefined` for nulls. */
function timesOf(table: BinTable, column: Column): (number | undefined)[] {
  const data = table.read(column);
  if ((data.kind !== 'number' && data.kind !== 'bigint') || data.width !== 1) {
    const reason =
      'they count from another moment than those that they are to join, and are no numbers, one in each row';
    throw new IactError(
      'bad-data',
      `Cannot convert the times in column "${column.name}" of "${table.uri}": ${reason}.`,
      {
        uri: table.uri,
      },
    );
  }
  return Array.from({ length: table.rowCount }, (_, row) => {
    const time = Number(data.values[row]);
    return Number.isFinite(time) && data.nulls?.[row] !== 1 ? time : undefined;
  });
}

function hasSameCards(header: Header, other: Header, keywords: readonly string[]): boolean {
  return keywords.every((keyword) => header.get(keyword) === other.get(keyword));
}

/** The table with these cards as another header has them: those that it lacks go. */
function withCards(table: BinTable, main: Header, keywords: readonly string[]): BinTable {
  if (hasSameCards(table.header, main, keywords)) return table;
  const header = table.header.clone();
  for (const keyword of keywords) {
    const card = main.card(keyword);
    if (card?.value === undefined) header.remove(keyword);
    else header.set(keyword, card.value, card.comment);
  }
  return new BinTable(header, table.rows, table.heap, table.uri);
}
