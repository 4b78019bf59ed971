import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTables, writeTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { type BinTable, concatTables } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { MAX_TABLE_BYTES } from './check-file.ts';
import { checkStoreFiles, type Finding } from './index.ts';
import { FIRST_FILE, type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { card } from './testing/edits.ts';

const SECOND_FILE = FIRST_FILE.replace('100001', '100002');

/** A store with two datasets: the second one lists what it lists in an index of its own. */
async function twoDatasets(
  edit: StoreEdit = {},
  indexOfSecond: (table: BinTable) => BinTable = (table) => table,
): Promise<string> {
  const store = await writeEditedStore(await tempDirectory(), {
    ...edit,
    master: (master) => {
      const [first] = master.datasets;
      master.datasets.push({ ...first, name: 'second', hduindx: 'second.fits' });
      return edit.master?.(master);
    },
  });
  await cp(join(store, 'hdu-index.fits'), join(store, 'second.fits'));
  const [index] = await readTables(join(store, 'second.fits'));
  await writeTables(join(store, 'second.fits'), [indexOfSecond(index as BinTable)]);
  return store;
}

/** What is found, and how often the content of each data file was asked for. */
async function check(store: string, fast = false) {
  const source = new LocalSource(store);
  const reads: string[] = [];
  const read = source.read.bind(source);
  source.read = (path, options) => {
    if (path.startsWith('data/')) reads.push(path);
    return read(path, options);
  };
  const findings: Finding[] = [];
  const told: string[] = [];
  let planned = 0;
  const totals = await checkStoreFiles(source, 'master.json', {
    fast,
    onFinding: (finding) => findings.push(finding),
    onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
    onPlan: (files) => {
      expect([planned, told]).toEqual([0, []]);
      planned = files;
    },
    onFile: (path) => told.push(path),
  });
  expect(told).toHaveLength(planned);
  return { findings, totals, reads, told };
}

function rowsOf(table: BinTable, rows: readonly number[]): BinTable {
  return concatTables([{ table, rows: Uint32Array.from(rows) }]);
}

describe('checkStoreFiles() of files that several datasets list', () => {
  it.each([false, true])('reads each once, and tells each dataset what is wrong; fast: %s', async (fast) => {
    const events = { hdus: { EVENTS: card('TELAPSE', 0) }, options: { eventsPerObservation: 5000 } };
    const { findings, totals, reads, told } = await check(await twoDatasets(events), fast);
    const faults = findings.filter(({ code }) => code === 'telapse');
    expect(faults.map(({ dataset, obsId }) => [dataset, obsId])).toEqual([
      ['simulated', 100001],
      ['second', 100001],
    ]);
    if (!fast) expect(reads).toEqual([FIRST_FILE, SECOND_FILE]);
    expect(told).toEqual([FIRST_FILE, SECOND_FILE]);
    expect(totals).toMatchObject({ files: 2, observations: 4 });
  });

  it('reads a table that is too large to be held once more, for all', async () => {
    const store = await twoDatasets({
      options: { eventsPerObservation: 5 },
      hdus: {
        EVENTS: (hdu) => {
          const width = Number(hdu.header.get('NAXIS1'));
          const count = Math.ceil((MAX_TABLE_BYTES * 1.01) / width);
          const row = hdu.data.slice(0, width);
          // ENERGY: after EVENT_ID, TIME, RA and DEC.
          new DataView(row.buffer).setFloat32(24, -1);
          hdu.data = Buffer.alloc(count * width, row);
          hdu.header.set('NAXIS2', count);
        },
      },
    });
    const { findings, reads } = await check(store);
    expect(reads.filter((path) => path === FIRST_FILE)).toHaveLength(2);
    const energies = findings.filter(({ code, column }) => code === 'event-values' && column === 'ENERGY');
    expect(energies.map(({ dataset }) => dataset)).toEqual(['simulated', 'second']);
  }, 120_000);

  it('knows the good time of a dataset from a file whose events are of another one', async () => {
    const store = await twoDatasets(
      {
        master: (master) => {
          master.datasets.reverse();
        },
      },
      (table) => {
        // Events of the second observation, and the good time of the first one as if it were theirs.
        const index = rowsOf(table, [6, 1]);
        const { offset, form } = index.column('OBS_ID') ?? expect.fail('no column');
        index.rows.copyWithin(index.rowBytes + offset, offset, offset + form.bytes);
        return index;
      },
    );
    const { findings, told } = await check(store);
    expect(told).toEqual([FIRST_FILE, SECOND_FILE]);
    const outside = findings.filter(({ code }) => code === 'events-outside-gti');
    expect(outside.map(({ dataset, obsId }) => [dataset, obsId])).toEqual([['second', 100002]]);
  });
});
