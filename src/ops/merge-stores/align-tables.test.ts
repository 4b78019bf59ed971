import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRows, readTables, simulatedStore, type TestStore, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { type BinTable, buildTable, type ColumnSpec, replaceColumns } from '../../fits/index.ts';
import { HduIndex, readTimeReference } from '../../gadf/index.ts';
import { mergeStores } from './merge-stores.ts';

interface Pair {
  readonly first: TestStore;
  readonly second: TestStore;
  readonly output: string;
}

async function pair(firstObsId = 2000): Promise<Pair> {
  const root = await tempDirectory();
  return {
    first: await simulatedStore(join(root, 'first'), { observations: 2, name: 'a', firstObsId: 1000 }),
    second: await simulatedStore(join(root, 'second'), { observations: 2, name: 'b', firstObsId, seed: 2 }),
    output: join(root, 'out'),
  };
}

const merge = ({ first, second, output }: Pair, prefer?: 'first' | 'last') =>
  mergeStores({ places: [first.directory, second.directory], output, prefer, program: 'test' });

async function change(
  path: string,
  edit: (table: BinTable, rows: Record<string, unknown>[]) => BinTable,
): Promise<void> {
  const [table] = await readTables(path);
  if (table === undefined) throw new Error('no table');
  await writeTables(path, [edit(table, await readRows(path))]);
}

/** The table with columns more. */
function withColumns(table: BinTable, columns: readonly ColumnSpec[]): BinTable {
  const own = table.columns.map(({ name, form, unit }): ColumnSpec => {
    const data = table.read(name);
    const values = Array.from({ length: table.rowCount }, (_, row) =>
      data.kind === 'string' ? data.get(row) : data.kind === 'array' ? undefined : data.values[row],
    );
    return { name, unit, form: form.code === 'A' ? `${form.repeat}A` : `1${form.code}`, values } as ColumnSpec;
  });
  const made = buildTable({ name: 'OBS_INDEX', columns: [...own, ...columns] });
  for (const keyword of ['MJDREFI', 'MJDREFF', 'TIMESYS', 'TIMEUNIT'])
    made.header.set(keyword, table.header.get(keyword));
  return made;
}

const TIMES = ['TSTART', 'TSTOP', 'TMID', 'EVENT_TIME_MIN', 'EVENT_TIME_MAX'] as const;
const DAY = 86400;

/** Makes all times of an observation index count from a day earlier, and gives them as they were. */
async function shiftTimes({ directory }: TestStore): Promise<Record<string, number>[]> {
  const path = join(directory, 'obs-index.fits.gz');
  const known: Record<string, number>[] = [];
  await change(path, (table, rows) => {
    for (const row of rows) {
      const [start, stop] = [Number(row['TSTART']), Number(row['TSTOP'])];
      const values = [start, stop, (start + stop) / 2, start + 1, stop - 1];
      known.push(Object.fromEntries(TIMES.map((name, i) => [name, values[i] as number])));
    }
    const wide = withColumns(
      table,
      TIMES.slice(2)
        .filter((name) => table.column(name) === undefined)
        .map((name) => ({ name, form: '1D', unit: 's', values: known.map((row) => row[name]) }) as ColumnSpec),
    );
    const shifted = replaceColumns(
      wide,
      TIMES.map((name) => ({ name, form: '1D', unit: 's', values: known.map((row) => Number(row[name]) + DAY) })),
    );
    shifted.header.set('MJDREFI', (shifted.header.integer('MJDREFI') ?? 0) - 1);
    return shifted;
  });
  return known;
}

const obsIndex = (directory: string) => join(directory, 'obs-index.fits.gz');
const hduIndex = (directory: string) => join(directory, 'hdu-index.fits.gz');

async function pathsOf(directory: string): Promise<string[]> {
  const [table] = await readTables(hduIndex(directory));
  return [...new HduIndex(table as BinTable, 'hdu-index.fits.gz', '').files().paths];
}

describe('merged times', () => {
  it('are converted in all columns that count from the reference', async () => {
    const here = await pair();
    const known = await shiftTimes(here.second);
    await merge(here);
    const rows = await readRows(obsIndex(here.output));
    for (const [i, row] of known.entries())
      for (const name of TIMES) expect(rows[i + 2]?.[name], name).toBeCloseTo(row[name] as number, 5);
  });

  it('have the header that they count from, also where the first store brings nothing', async () => {
    const here = await pair(1000);
    const known = await shiftTimes(here.second);
    await merge(here, 'last');
    const [table] = await readTables(obsIndex(here.output));
    const [main] = await readTables(obsIndex(here.first.directory));
    if (table === undefined || main === undefined) throw new Error('no table');
    const reference = ({ header, uri }: BinTable) => readTimeReference(header, uri, 's');
    expect(reference(table)).toEqual(reference(main));
    const rows = await readRows(obsIndex(here.output));
    for (const [i, row] of known.entries())
      for (const name of TIMES) expect(rows[i]?.[name], name).toBeCloseTo(row[name] as number, 5);
  });

  it('are converted where they are whole numbers, and where units are told in other ways', async () => {
    const here = await pair();
    const rows = await readRows(obsIndex(here.second.directory));
    await change(obsIndex(here.second.directory), (table) => {
      const other = replaceColumns(table, [
        { name: 'TSTART', form: '1K', unit: 's', values: rows.map((row) => Math.round(Number(row['TSTART'])) + DAY) },
        { name: 'TSTOP', form: '1D', values: rows.map((row) => (Number(row['TSTOP']) + DAY) / DAY) },
      ]);
      other.header.set('MJDREFI', (other.header.integer('MJDREFI') ?? 0) - 1);
      other.header.set('TIMEUNIT', 'd');
      return other;
    });
    await merge(here);
    const merged = await readRows(obsIndex(here.output));
    for (const [i, row] of rows.entries()) {
      expect(merged[i + 2]?.['TSTART']).toBeCloseTo(Math.round(Number(row['TSTART'])), 5);
      expect(merged[i + 2]?.['TSTOP']).toBeCloseTo(Number(row['TSTOP']), 4);
    }
  });

  it('that cannot be converted are refused before anything is written', async () => {
    const here = await pair();
    await change(obsIndex(here.second.directory), (table, rows) => {
      const texts = rows.map((row) => String(row['TSTART']));
      const other = replaceColumns(table, [{ name: 'TSTART', form: '20A', values: texts }]);
      other.header.set('MJDREFI', 40000);
      return other;
    });
    await expect(merge(here)).rejects.toMatchObject({ code: 'bad-data', message: expect.stringContaining('TSTART') });
    await expect(readRows(obsIndex(here.output))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('merged paths', () => {
  it.each(['data/..', 'data'])(
    'do not count from the base directory of a store that has another one (%s)',
    async (base) => {
      const here = await pair(1000);
      const path = hduIndex(here.second.directory);
      const before = await pathsOf(here.second.directory);
      await change(path, (table, rows) => {
        const dirs = rows.map((row) => (base === 'data' ? '.' : String(row['FILE_DIR'])));
        const other = replaceColumns(table, [{ name: 'FILE_DIR', form: '8A', values: dirs }]);
        other.header.set('BASE_DIR', base);
        return other;
      });
      expect(await pathsOf(here.second.directory)).toEqual(before);
      await merge(here, 'last');
      expect(await pathsOf(here.output)).toEqual(before);
    },
  );
});
