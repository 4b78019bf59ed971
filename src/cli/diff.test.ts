import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { customStore, type HduRow, hduIndexTable, obsIndexTable } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable, type ColumnSpec } from '../fits/index.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

const ROWS: readonly HduRow[] = [11, 12, 13].map((id) => ({ id, name: `f${id}.fits` }));

/** Two stores that are equal. */
async function twoStores(): Promise<{ a: string; b: string }> {
  const root = await tempDirectory();
  const { directory: a } = await customStore(join(root, 'a'), ROWS);
  const b = join(root, 'b');
  await cp(a, b, { recursive: true });
  return { a, b };
}

async function differences(a: string, b: string, ...args: string[]): Promise<Record<string, unknown>[]> {
  const run = await runIact(['diff', a, b, '--json', ...args]);
  const records = recordsOf(run);
  const found = records.filter(({ event }) => event === 'difference').map(({ event: _, dataset: __, ...rest }) => rest);
  const result = records.at(-1)?.['result'] as Record<string, unknown>;
  expect(result).toMatchObject({ equal: found.length === 0, differences: found.length });
  expect(run.status).toBe(found.length === 0 ? 0 : 1);
  return found;
}

const obsTable = (ids: readonly number[], more: readonly ColumnSpec[], cards: readonly [string, number][] = []) =>
  buildTable({ name: 'OBS_INDEX', columns: [{ name: 'OBS_ID', form: '1J', values: [...ids] }, ...more], cards });

/** A store with other columns in its observation index. */
async function withObs(ids: readonly number[], ...rest: [readonly ColumnSpec[], [string, number][]?]): Promise<string> {
  const directory = await tempDirectory();
  const rows = [...ids].sort().map((id) => ({ id, name: `f${id}.fits` }));
  await customStore(directory, rows, { obsTables: [obsTable(ids, ...rest)] });
  return directory;
}

describe('iact diff', () => {
  it('finds nothing between equal stores, and says how files were compared', async () => {
    const { a, b } = await twoStores();
    expect(await runIact(['diff', a, b])).toEqual({
      status: 0,
      stdout: 'Equal: 3 observations and 3 files compared (files: 3 by size)\n',
      stderr: '',
    });
    expect((await runIact(['diff', a, b, '--content'])).stdout).toContain('3 by content');
    expect(await differences(a, b, '--content')).toEqual([]);
  });

  it('finds files of other sizes, other content, absent, and compressed ones', async () => {
    const { a, b } = await twoStores();
    await appendFile(join(b, 'data/f11.fits'), 'more');
    await writeFile(join(b, 'data/f12.fits'), (await readFile(join(a, 'data/f12.fits'), 'utf8')).replace('c', 'k'));
    await rename(join(b, 'data/f13.fits'), join(b, 'data/f13.fits.gz'));
    const size = { kind: 'file', path: 'data/f11.fits', reason: 'size', sizeBytes: { a: 24, b: 28 } };
    const zipped = { kind: 'file', path: 'data/f13.fits', reason: 'compression', sizeBytes: { a: 24, b: 24 } };
    expect(await differences(a, b)).toEqual([size, zipped]);
    const content = { kind: 'file', path: 'data/f12.fits', reason: 'content', sizeBytes: { a: 24, b: 24 } };
    expect(await differences(a, b, '--content')).toEqual([size, content, zipped]);
    await rm(join(a, 'data/f11.fits'));
    expect((await differences(a, b))[0]).toMatchObject({ reason: 'absent', sizeBytes: { a: null, b: 28 } });
    const { stdout } = await runIact(['diff', a, b, '--content']);
    expect(stdout.split('\n')).toEqual([
      'Dataset custom',
      '  Files that differ: 3',
      '    data/f11.fits  only in B',
      '    data/f12.fits  another content of the same size',
      '    data/f13.fits  compressed in one store only',
      '3 differences: 3 observations and 1 file compared (files: 1 by content)',
      '',
    ]);
  });

  it('believes the checksums of manifests where both stores have one of this size', async () => {
    const { a, b } = await twoStores();
    const note = async (store: string, name: string, content: string, size?: number) => {
      await mkdir(join(store, '.iact'), { recursive: true });
      const sha256 = createHash('sha256').update(content).digest('hex');
      const line = JSON.stringify({ path: `data/${name}`, size: size ?? 24, sha256 });
      await appendFile(join(store, '.iact/manifest.jsonl'), `${line}\n`);
    };
    await note(a, 'f11.fits', 'x');
    await note(b, 'f11.fits', 'old');
    await note(b, 'f11.fits', 'x');
    await note(a, 'f12.fits', 'x');
    await note(b, 'f12.fits', 'y');
    await note(a, 'f13.fits', 'x', 23);
    await note(b, 'f13.fits', 'y');
    await appendFile(join(b, '.iact/manifest.jsonl'), '{"path":"data/f11.fi');
    expect(await differences(a, b)).toEqual([
      { kind: 'file', path: 'data/f12.fits', reason: 'checksum', sizeBytes: { a: 24, b: 24 } },
    ]);
    const { stdout } = await runIact(['diff', a, b, '--content']);
    expect(stdout).toContain('(files: 1 by content, 2 by checksum)');
  });

  it('finds datasets and observations that only one has', async () => {
    const { a, b } = await twoStores();
    const entry = { hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };
    await writeFile(
      join(a, 'master.json'),
      JSON.stringify({
        datasets: [
          { name: 'custom', ...entry },
          { name: 'x', ...entry },
        ],
      }),
    );
    expect(await differences(a, b)).toEqual([{ kind: 'dataset', only: 'a' }]);
    expect(await differences(a, b, '--dataset', 'custom')).toEqual([]);
    expect(await differences(b, a, '--dataset', 'x')).toEqual([{ kind: 'dataset', only: 'b' }]);
    expect((await runIact(['diff', a, b])).stdout).toMatch(/^Dataset x: only in A\n1 difference: /);
    expect(await runIact(['diff', a, b, '--dataset', 'y'])).toMatchObject({ status: 3, stdout: '' });
    const other = await tempDirectory();
    await customStore(other, [
      { id: 13, name: 'f13.fits' },
      { id: 14, name: 'f14.fits' },
    ]);
    expect(await differences(b, other)).toEqual([
      { kind: 'observation', id: 11, only: 'a' },
      { kind: 'observation', id: 12, only: 'a' },
      { kind: 'observation', id: 14, only: 'b' },
    ]);
  });

  it('finds other values whatever the order of rows and columns, and the types of numbers', async () => {
    const nan = Number.NaN;
    const one = await withObs(
      [11, 12, 13],
      [
        { name: 'RA_PNT', form: '1E', unit: 'deg', values: [83.63333, nan, 1] },
        { name: 'OBJECT', form: '8A', values: ['Crab', 'Vela', ''] },
        { name: 'N', form: '1J', nullValue: -1, values: [1, undefined, 3] },
      ],
    );
    const two = await withObs(
      [13, 12, 11],
      [
        { name: 'object', form: '12A', values: ['', 'Vela X', 'Crab'] },
        { name: 'N', form: '1K', nullValue: -9, values: [3, undefined, 1] },
        { name: 'RA_PNT', form: '1D', unit: 'deg', values: [2, nan, Math.fround(83.63333)] },
      ],
    );
    expect(await differences(one, two)).toEqual([
      { kind: 'observation-row', id: 12, values: [{ name: 'OBJECT', a: 'Vela', b: 'Vela X' }] },
      { kind: 'observation-row', id: 13, values: [{ name: 'RA_PNT', a: 1, b: 2 }] },
    ]);
    expect((await runIact(['diff', one, two])).stdout).toContain(
      '    12  OBJECT Vela | Vela X\n    13  RA_PNT 1 | 2\n',
    );
    expect((await runIact(['diff', one, two, '--color', 'always'])).stdout).toContain('\x1b[31m1\x1b[39m | \x1b[32m2');
  });

  it('finds other columns, units and time references', async () => {
    const values = [1, 2];
    const one = await withObs(
      [1, 2],
      [
        { name: 'T', form: '1D', unit: 's', values },
        { name: 'X', form: '1D', values },
      ],
      [
        ['MJDREFI', 51910],
        ['MJDREF', 51910.5],
      ],
    );
    const two = await withObs(
      [1, 2],
      [
        { name: 'T', form: '1D', unit: 'd', values },
        { name: 'Y', form: '1D', values },
      ],
      [
        ['MJDREFI', 53343],
        ['MJDREF', 51910.25],
      ],
    );
    const column = { kind: 'column', index: 'obs', only: null, units: null };
    expect(await differences(one, two)).toEqual([
      { kind: 'keyword', index: 'obs', value: { name: 'MJDREFI', a: 51910, b: 53343 } },
      { kind: 'keyword', index: 'obs', value: { name: 'MJDREF', a: 51910.5, b: 51910.25 } },
      { ...column, name: 'X', only: 'a' },
      { ...column, name: 'Y', only: 'b' },
      { ...column, name: 'T', units: { a: 's', b: 'd' } },
    ]);
    expect((await runIact(['diff', one, two])).stdout.split('\n').slice(0, -2)).toEqual([
      'Dataset custom',
      '  Time references that differ: 2',
      '    obs index: MJDREFI 51910 | 53343',
      '    obs index: MJDREF 51910.5 | 51910.25',
      '  Columns only in A: 1',
      '    obs index: X',
      '  Columns only in B: 1',
      '    obs index: Y',
      '  Units that differ: 1',
      '    obs index: T s | d',
    ]);
  });

  it('finds HDUs that are listed in one index only, or elsewhere', async () => {
    const { a, b } = await twoStores();
    const rows: HduRow[] = [
      { id: 13, name: 'f13.fits', dir: './data/../data' },
      { id: 11, name: 'other.fits' },
      { id: 12, name: 'f12.fits' },
      { id: 12, name: 'f12.fits', type: 'gti' },
    ];
    await customStore(b, rows, {
      obsTables: [obsIndexTable([11, 12, 13])],
      hduTables: [hduIndexTable(rows)],
      files: [],
    });
    const hdu = { type: 'events', hduClass: 'events', hduName: 'EVENTS' };
    expect(await differences(a, b)).toEqual([
      {
        kind: 'hdu-row',
        id: 11,
        hdu,
        only: null,
        values: [{ name: 'FILE', a: 'data/f11.fits', b: 'data/other.fits' }],
      },
      { kind: 'hdu-row', id: 12, hdu: { ...hdu, type: 'gti', hduClass: 'gti' }, only: 'b', values: [] },
    ]);
    expect((await runIact(['diff', a, b])).stdout).toContain(
      '    11 events events EVENTS  FILE data/f11.fits | data/other.fits\n',
    );
  });

  it('lists ten of a kind unless all are asked for', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => i + 1);
    const one = await withObs(ids, []);
    const two = await withObs([1], []);
    const short = (await runIact(['diff', one, two])).stdout;
    expect(short).toContain('  Observations only in A: 24\n    2\n');
    expect(short).toContain('    11\n    and 14 more (--verbose lists them)\n');
    expect((await runIact(['diff', one, two, '-v'])).stdout).toContain('    25\n');
  });

  it('says what it could not compare', async () => {
    const { a, b } = await twoStores();
    for (const store of [a, b]) await rm(join(store, 'data/f12.fits'));
    const run = await runIact(['diff', a, b]);
    expect(run.status).toBe(1);
    expect(run.stdout).toBe(
      'Not compared: 1\n  "data/f12.fits" is in neither store, and both indexes name it.\n' +
        'Equal: 3 observations and 2 files compared (files: 2 by size)\n',
    );
    expect(run.stderr).toBe(
      'iact: error: The comparison has a problem: "data/f12.fits" is in neither store, and both indexes name it.\n',
    );
  });

  it('stops when it is asked to', async () => {
    const { a, b } = await twoStores();
    const run = await runIact(['diff', a, b, '--content'], { interrupts: () => AbortSignal.abort() });
    expect(run).toMatchObject({ status: 130, stdout: '', stderr: 'iact: error: The comparison was stopped.\n' });
  });
});
