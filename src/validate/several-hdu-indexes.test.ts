import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTables, writeTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { type BinTable, buildTable, concatTables, primaryHeader, writeFits } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles, type Finding, type ObservationSummary } from './index.ts';
import { type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { card, cell } from './testing/edits.ts';

const BY_OBSERVATION = [0, 6].map((first) => Array.from({ length: 6 }, (_, row) => first + row));
/** Each table lists both observations: the second one has their events, too, and no effective area. */
const BY_TYPE = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  [0, 1, 3, 6, 7, 9],
];

/** A store with two HDU indexes in one file, of these rows; of one observation each if none are given. */
async function splitStore(
  edit: (second: BinTable) => void = () => undefined,
  storeEdit: StoreEdit = {},
  rowsOfParts = BY_OBSERVATION,
): Promise<string> {
  const store = await writeEditedStore(await tempDirectory(), storeEdit);
  const path = join(store, 'hdu-index.fits');
  const [table] = await readTables(path);
  if (table === undefined) throw new Error('no table');
  const parts = rowsOfParts.map((rows) => concatTables([{ table, rows: Uint32Array.from(rows) }]));
  for (const [n, { header }] of parts.entries()) {
    for (const keyword of ['CHECKSUM', 'DATASUM']) header.remove(keyword);
    header.set('EXTVER', n + 1);
  }
  edit(parts[1] as BinTable);
  const hdus = [{ header: primaryHeader() }, ...parts.map((part) => part.toOutput())];
  await writeFile(path, Buffer.concat([...writeFits(hdus)]));
  expect((await readFile(path)).length % 2880).toBe(0);
  return store;
}

async function check(store: string) {
  const findings: Finding[] = [];
  const ids: unknown[] = [];
  const summaries: ObservationSummary[] = [];
  let files = 0;
  const totals = await checkStoreFiles(new LocalSource(store), 'master.json', {
    onFinding: (finding) => findings.push(finding),
    onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
    onObservation: (summary) => {
      ids.push(summary.obsId);
      summaries.push(summary);
    },
    onFile: () => {
      files += 1;
    },
  });
  expect(files).toBe(totals.files);
  return { findings, ids, summaries, totals };
}

describe('checkStoreFiles() of a file with several HDU indexes', () => {
  it('looks at the files of all, and takes none of them for incomplete', async () => {
    const { findings, ids, totals } = await check(await splitStore());
    expect(findings).toEqual([]);
    expect(ids).toEqual([100001, 100002]);
    expect(totals).toMatchObject({ observations: 2, files: 2 });
  });

  it('tells and counts once what they have in common', async () => {
    const faults = {
      hdus: {
        OBS_INDEX: cell('DEC_PNT', (dec: number) => dec + 0.5),
        EVENTS: card('TELAPSE', 0),
        // Which the second index does not list.
        AEFF: card('TUNIT1', 'Tev'),
      },
    };
    const { findings, ids, totals, summaries } = await check(await splitStore(undefined, faults, BY_TYPE));
    const told = findings.map(({ code, hdu, obsId }) => `${code} ${hdu?.name} ${obsId}`);
    expect(told.sort()).toEqual([
      'gadf-units AEFF 100001',
      'index-values OBS_INDEX 100001',
      'observation-incomplete HDU_INDEX 100001',
      'observation-incomplete HDU_INDEX 100002',
      'telapse EVENTS 100001',
    ]);
    expect(ids).toEqual([100001, 100002]);
    expect(totals).toMatchObject({ observations: 2, files: 2 });
    expect(Object.values(totals.counts).reduce((sum, count) => sum + count)).toBe(findings.length);
    expect(summaries.map(({ hdus, missing }) => [Object.keys(hdus).sort(), missing])).toEqual([
      [['aeff', 'bkg', 'edisp', 'events', 'gti', 'psf'], []],
      [['aeff', 'bkg', 'edisp', 'events', 'gti', 'psf'], []],
    ]);
  });

  it('sums up what any of them names and has not', async () => {
    const store = await splitStore(
      (second) => {
        const { offset, form } = second.column('FILE_NAME') ?? expect.fail('no column');
        second.rows.set(Buffer.from('gone.fits'.padEnd(form.repeat)), 2 * second.rowBytes + offset);
      },
      {},
      BY_TYPE,
    );
    const { summaries, totals } = await check(store);
    expect(summaries.map(({ missing }) => missing.length)).toEqual([1, 0]);
    expect(totals.files).toBe(3);
  });

  it('takes no other table that names files of observations for one of them', async () => {
    const store = await writeEditedStore(await tempDirectory());
    const path = join(store, 'hdu-index.fits');
    const raw = (name: string, more: Readonly<Record<string, string>> = {}) => {
      const columns = Object.entries({ OBS_ID: '9', FILE_NAME: 'raw.root', ...more }).map(([column, value]) => ({
        name: column,
        form: `${value.length}A`,
        values: [value],
      }));
      return buildTable({ name, columns });
    };
    const [index] = await readTables(path);
    await writeTables(path, [raw('RAW_FILES'), index as BinTable, raw('MORE')]);
    expect((await check(store)).findings).toEqual([]);
    await writeTables(path, [raw('RAW_FILES'), raw('A', { HDU_NAME: 'EVENTS' }), raw('B', { HDU_TYPE: 'gti' })]);
    const places = (await check(store)).findings.filter(({ code }) => code === 'gadf-keywords').map(({ hdu }) => hdu);
    expect(places.map((hdu) => hdu?.name)).toEqual(['A', 'B']);
  });

  it('does not compare EVENT_COUNT, which counts the events of all types, with one of the lists', async () => {
    const counted = { hdus: { OBS_INDEX: cell('EVENT_COUNT', (count) => 3 * count) } };
    expect((await check(await splitStore(undefined, counted))).findings).toEqual([]);
  });

  it('names the table that a faulty row stands in', async () => {
    const store = await splitStore((second) => {
      const { offset, form } = second.column('FILE_NAME') ?? expect.fail('no column');
      second.rows.set(Buffer.from('gone.fits'.padEnd(form.repeat)), 2 * second.rowBytes + offset);
    });
    const { findings } = await check(store);
    expect(findings.map(({ code, row }) => [code, row])).toContainEqual(['file-missing', 3]);
    const duplicate = await check(
      await splitStore((second) => {
        second.rows.copyWithin(3 * second.rowBytes, 2 * second.rowBytes, 3 * second.rowBytes);
      }),
    );
    const [found] = duplicate.findings.filter(({ code }) => code === 'index-duplicate');
    expect(found).toMatchObject({ hdu: { index: 2, name: 'HDU_INDEX' }, row: 4 });
  });
});
