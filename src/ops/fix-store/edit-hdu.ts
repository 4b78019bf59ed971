import { posix } from 'node:path';
import { directoryOf, IactError } from '../../core/index.ts';
import {
  BinTable,
  type HduChange,
  type Header,
  renewChecksum,
  setCells,
  sortRows,
  sumOfData,
} from '../../fits/index.ts';
import { baseDirectory, isIndex, textOfPath } from '../../gadf/index.ts';
import { readIndexRows } from '../../validate/index.ts';
import type { Change } from './change.ts';
import type { InspectedHdu } from './inspect-file.ts';

const DATA_KINDS: ReadonlySet<Change['kind']> = new Set(['cell', 'path', 'order']);

/** Whether a change is one of the data, which must be loaded for it. */
export function changesData({ kind }: Change): boolean {
  return DATA_KINDS.has(kind);
}

/**
 * What an HDU becomes by changes; its checksums are brought up to date where it has them.
 *
 * Data are changed in index tables and the order of good time intervals only: this is where it is made sure.
 *
 * @param path of the file, relative to the root of the store.
 * @throws {IactError} `bad-data` if the changes cannot be made, or may not
 */
export function editHdu(hdu: InspectedHdu, changes: readonly Change[], path: string): HduChange {
  const header = hdu.header.clone();
  for (const { kind, name, value } of changes) if (kind === 'card' && value !== null) setCard(header, name, value);
  const ofData = changes.filter(changesData);
  const edited = ofData.length === 0 ? { header } : editData(hdu, header, ofData, path);
  const sum = edited.data === undefined ? hdu.dataSum : sumOfData(edited.data);
  if (sum !== undefined) renewChecksum(edited.header, sum);
  return edited;
}

function setCard(header: Header, keyword: string, value: string | number | boolean): void {
  const count = header.cards.filter((card) => card.keyword === keyword).length;
  if (count > 1) throw refusal(`${keyword} stands in the header ${count} times`);
  if (keyword === 'EXTNAME') header.insertAfter('TFIELDS', keyword, value, 'name of this extension');
  else header.set(keyword, value);
}

function editData(hdu: InspectedHdu, header: Header, changes: readonly Change[], path: string): HduChange {
  const table = BinTable.fromHdu({ ...hdu, header }, path);
  const isAnIndex = isIndex({ kind: hdu.kind, header }, 'hdu') || isIndex({ kind: hdu.kind, header }, 'obs');
  let edited = table;
  for (const [column, cells] of cellsByColumn(changes)) {
    if (!isAnIndex) throw refusal(`HDU ${hdu.index} is no index table, and no values of others are changed`);
    edited = setCells(edited, column, cells);
  }
  const paths = changes.filter(({ kind }) => kind === 'path');
  if (paths.length > 0) edited = setPaths(edited, paths, path);
  for (const { kind, name } of changes) if (kind === 'order') edited = sortIntervals(edited, name);
  if (edited.rows.length !== table.rows.length) return widened(edited, hdu.header);
  const data = new Uint8Array(hdu.data ?? table.rows);
  data.set(edited.rows);
  return { header: edited.header, data };
}

function cellsByColumn(changes: readonly Change[]): Map<string, Map<number, string | number | boolean>> {
  const columns = new Map<string, Map<number, string | number | boolean>>();
  for (const { kind, name, row, value } of changes) {
    if (kind !== 'cell' || row === undefined || value === null) continue;
    const cells = columns.get(name) ?? new Map<number, string | number | boolean>();
    columns.set(name, cells.set(row - 1, value));
  }
  return columns;
}

function sortIntervals(table: BinTable, column: string): BinTable {
  const names = table.columns.map(({ name }) => name.toUpperCase());
  if (!names.includes('START') || !names.includes('STOP') || names.includes('ENERGY')) {
    throw refusal('only the rows of good time intervals are sorted');
  }
  return sortRows(table, column);
}

/**
 * Lets rows of an HDU index name files by paths inside of the store. FILE_NAME keeps the number of its steps, and has all of
 * them where there is no FILE_DIR.
 */
function setPaths(table: BinTable, changes: readonly Change[], path: string): BinTable {
  const from = posix.join('/', directoryOf(path), baseDirectory(table.header));
  const { fileName } = readIndexRows(table, path, path);
  const hasFolders = table.column('FILE_DIR') !== undefined;
  const [dirs, files] = [new Map<number, string>(), new Map<number, string>()];
  for (const { row = 1, value } of changes) {
    const target = String(value).split('/');
    const before = fileName(row - 1);
    const steps = before.startsWith('/') || before.includes('..') ? 1 : before.split('/').filter(Boolean).length;
    if (!hasFolders) {
      files.set(row - 1, textOfPath(posix.relative(from, posix.join('/', ...target))));
      continue;
    }
    const name = target.slice(-Math.max(1, steps));
    const folder = posix.relative(from, posix.join('/', ...target.slice(0, target.length - name.length)));
    dirs.set(row - 1, textOfPath(folder));
    files.set(row - 1, textOfPath(name.join('/')));
  }
  // What others have written beyond ASCII stays as it is.
  return setCells(hasFolders ? setCells(table, 'FILE_DIR', dirs, true) : table, 'FILE_NAME', files, true);
}

/** A table whose rows have become longer, with the checksum cards that it had. */
function widened(table: BinTable, before: Header): HduChange {
  const { header, data } = table.toOutput();
  for (const keyword of ['DATASUM', 'CHECKSUM']) {
    if (before.has(keyword)) header.set(keyword, before.get(keyword), before.card(keyword)?.comment);
  }
  return { header, data: Buffer.concat([...(data as Iterable<Uint8Array>)]) };
}

function refusal(reason: string): IactError {
  return new IactError('bad-data', reason);
}
