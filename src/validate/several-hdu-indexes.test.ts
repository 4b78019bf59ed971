import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { type BinTable, concatTables, primaryHeader, writeFits } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles, type Finding } from './index.ts';
import { type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { cell } from './testing/edits.ts';

/** A store whose two observations have an HDU index each, both in one file. */
async function splitStore(
  edit: (second: BinTable) => void = () => undefined,
  storeEdit: StoreEdit = {},
): Promise<string> {
  const store = await writeEditedStore(await tempDirectory(), storeEdit);
  const path = join(store, 'hdu-index.fits');
  const [table] = await readTables(path);
  if (table === undefined) throw new Error('no table');
  const parts = [0, 6].map((first) =>
    concatTables([{ table, rows: Uint32Array.from({ length: 6 }, (_, row) => first + row) }]),
  );
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
  const totals = await checkStoreFiles(new LocalSource(store), 'master.json', {
    onFinding: (finding) => findings.push(finding),
    onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
    onObservation: ({ obsId }) => ids.push(obsId),
  });
  return { findings, ids, totals };
}

describe('checkStoreFiles() of a file with several HDU indexes', () => {
  it('looks at the files of all, and takes none of them for incomplete', async () => {
    const { findings, ids, totals } = await check(await splitStore());
    expect(findings).toEqual([]);
    expect(ids).toEqual([100001, 100002]);
    expect(totals).toMatchObject({ observations: 2, files: 2 });
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
