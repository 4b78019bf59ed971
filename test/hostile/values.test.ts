import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { printable } from '../../src/core/index.ts';
import { BinTable, buildTable } from '../../src/fits/index.ts';
import { readObservationIds } from '../../src/gadf/index.ts';
import { customStore, hduIndexTable, obsIndexTable, type TestStore, writeTables } from '../support/store.ts';
import { sandbox } from './sandbox.ts';

// Values of index tables that somebody else has written.

/** A store whose observation index holds texts with any byte in them, put in behind the back of the writer. */
async function storeWithTexts(id: string, object: string): Promise<{ store: TestStore; root: string }> {
  const place = await sandbox();
  const columns = [{ name: 'OBJECT', form: '40A', values: ['x'.repeat(40), 'y'] }];
  const obs = obsIndexTable(['first', 'second'], 'OBS_INDEX', columns);
  const put = (name: string, text: string): void => {
    const { offset = 0, form } = obs.column(name) ?? {};
    obs.rows.set(Buffer.from(text.padEnd(form?.bytes ?? 0), 'latin1'), offset);
  };
  put('OBS_ID', id);
  put('OBJECT', object);
  const rows = [{ id: 'second', name: 'a.fits' }];
  const store = await customStore(place.from, rows, { hduTables: [hduIndexTable(rows)], obsTables: [obs] });
  return { store, root: place.root };
}

const HOSTILE = 'E\u001b[2J\u0007\n\u009b31m"\\';

describe('iact find', () => {
  it.each(['table', 'json', 'jsonl', 'ids'])('as %s prints nothing that a terminal obeys', async (format) => {
    const { store } = await storeWithTexts('bad\n7', HOSTILE);
    const { status, stdout, stderr } = await runIact(['find', store.directory, '--format', format]);
    expect(status).toBe(0);
    for (const line of `${stdout}${stderr}`.split('\n')) expect(line).toBe(printable(line));
    if (format === 'json')
      expect(JSON.parse(stdout)).toMatchObject([{ OBS_ID: 'bad\n7', OBJECT: HOSTILE }, { OBS_ID: 'second' }]);
  });

  it('as csv keeps data exact for a program', async () => {
    const { store } = await storeWithTexts('bad\n7', HOSTILE);
    const { stdout } = await runIact(['find', store.directory, '--format', 'csv', '--columns', 'OBJECT']);
    expect(stdout).toBe(`OBJECT\n"${HOSTILE.replace('"', '""')}"\ny\n`);
  });

  it('writes no run list with an ID in it that would be read as others', async () => {
    const { store, root } = await storeWithTexts('bad\n7', 'x');
    const file = join(root, 'runs.lis');
    const found = await runIact(['find', store.directory, '-o', file]);
    expect(found).toMatchObject({ status: 4, stderr: expect.stringContaining('has an observation "bad\\n7"') });
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    expect((await runIact(['find', store.directory, '-o', file, '--where', "OBS_ID == 'second'"])).status).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('second \n');
  });

  it('shows an object that is not there with names that no terminal obeys', async () => {
    const { store } = await storeWithTexts('first', HOSTILE);
    const { stderr } = await runIact(['find', store.directory, '--object', 'nothing\u001b[2J']);
    expect(stderr).toMatch(/^iact: error: No observation of "nothing\\u001b\[2J".*\n$/);
  });
});

describe('column names, units and HDU names', () => {
  it('with control characters are shown as escapes', async () => {
    const { store } = await storeWithTexts('first', 'x');
    const table = obsIndexTable([1], 'OBS_INDEX', [{ name: 'ODD', unit: 'deg', form: '1E', values: [1] }]);
    // A header that no writer of ours would make.
    const bytes = Buffer.from(table.header.encode())
      .toString('latin1')
      .replace("'ODD     '", "'O\u001b[2J\n  '")
      .replace("'deg     '", "'d\u0007\u009b     '");
    const header = (await import('../../src/fits/index.ts')).Header.parse(Buffer.from(bytes, 'latin1'), 'x').header;
    await writeTables(join(store.directory, 'obs-index.fits.gz'), [new BinTable(header, table.rows, table.heap, 'x')]);
    for (const args of [
      ['find', store.directory, '--columns', 'OBS_ID,nope'],
      ['find', store.directory, '--columns', 'O\u001b[2J\n'],
      ['show', store.directory, '1'],
      ['find', store.directory, '--where', 'NOPE > 1'],
    ]) {
      const { stdout, stderr } = await runIact(args);
      for (const line of `${stdout}${stderr}`.split('\n')) expect(line).toBe(printable(line));
    }
  });
});

describe('readObservationIds()', () => {
  it.each(['2J', '0J', '3X', '2E', 'PJ', '2K'])('refuses TFORM %s, and names it', (form) => {
    const table = buildTable({ name: 'T', rowCount: 0, columns: [{ name: 'OBS_ID', form, values: [] }] });
    expect(() => readObservationIds(table, 'x.fits')).toThrow(
      /"OBS_ID" of "x\.fits" must hold one integer or text a row; its TFORM is "/,
    );
  });
});
