import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readRows, readTables, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { buildTable, concatTables, replaceColumns } from '../../fits/index.ts';
import { LocalDestination } from '../../storage/index.ts';
import { STATE_DIRECTORY } from '../../transfer/index.ts';
import type { IndexEvent } from './index-events.ts';
import { events, hduRows, index, obsRows, response, responses, writeFiles } from './testing/data-files.ts';

/** The observation index of three observations, with a QUALITY that somebody has given. */
async function withQuality(directory: string) {
  const path = join(directory, 'obs-index.fits.gz');
  const [table] = await readTables(path);
  if (table === undefined) throw new Error('no table');
  return { path, judged: replaceColumns(table, [{ name: 'QUALITY', form: '1K', values: [0, 1, 2] }]) };
}

describe('indexStore() with update', () => {
  async function store(): Promise<string> {
    const directory = await tempDirectory();
    await writeFiles(directory, {
      'data/a.fits': [events(1)],
      'data/b.fits.gz': [events(2)],
      'data/c.fits': [events(3)],
      'irf.fits': responses(),
    });
    await index(directory);
    return directory;
  }

  /** Both tables as they would be if all were made anew. */
  async function fresh(directory: string): Promise<unknown> {
    const state = join(directory, STATE_DIRECTORY);
    await rm(state, { recursive: true, force: true });
    await index(directory, { existing: 'replace' });
    return [await hduRows(directory), await obsRows(directory)];
  }

  it('reads only what is new or changed, and gives what a new index would be', async () => {
    const directory = await store();
    await writeFiles(directory, { 'data/d.fits.gz': [events(4)], 'data/a.fits': [events(1, { count: 9 })] });
    await rm(join(directory, 'data/c.fits'));
    const read: string[] = [];
    const onEvent = (event: IndexEvent) => event.type === 'file' && read.push(event.path);
    const result = await index(directory, { existing: 'update', onEvent });
    expect(result.changes).toEqual({ added: ['data/d.fits.gz'], changed: ['data/a.fits'], removed: ['data/c.fits'] });
    expect(read.filter((path) => path.startsWith('data/') || path.startsWith('irf'))).toEqual([
      'data/a.fits',
      'data/d.fits.gz',
    ]);
    const updated = [await hduRows(directory), await obsRows(directory)];
    expect(updated[1]).toMatchObject([{ OBS_ID: 1, EVENT_COUNT: 9 }, { OBS_ID: 2 }, { OBS_ID: 4 }]);
    expect(updated).toEqual(await fresh(directory));
  });

  it('sees that a response changed which all observations share', async () => {
    const directory = await store();
    await writeFiles(directory, { 'irf.fits': [response('psf_king')] });
    await index(directory, { existing: 'update' });
    expect((await hduRows(directory)).filter((row) => row.startsWith('2 '))).toEqual([
      '2 events data/b.fits.gz[EVENTS]',
      '2 psf_king irf.fits[PSF]',
    ]);
  });

  it('writes nothing when nothing changed', async () => {
    const directory = await store();
    const times = async () =>
      Promise.all(
        ['hdu-index.fits.gz', 'master.json'].map(async (name) => (await stat(join(directory, name))).mtimeMs),
      );
    const before = await times();
    const events: IndexEvent[] = [];
    const onEvent = (event: IndexEvent) => events.push(event);
    expect(await index(directory, { existing: 'update', onEvent })).toMatchObject({ written: false, filesRead: 0 });
    // Its own index files are no data.
    expect(events).toEqual([{ type: 'plan', files: 0 }]);
    expect(await times()).toEqual(before);
    expect(await index(directory, { existing: 'update', withSize: true })).toMatchObject({ written: true });
    expect((await readRows(join(directory, 'hdu-index.fits.gz')))[0]).toHaveProperty('SIZE');
  });

  it.each(['hdu-index.fits.gz', 'obs-index.fits.gz'])('sees that an older one was put back: %s', async (name) => {
    const directory = await store();
    const older = await readFile(join(directory, name));
    await writeFiles(directory, { 'data/d.fits.gz': [events(4)], 'data/a.fits': [events(1, { count: 9 })] });
    await index(directory, { existing: 'update' });
    const wanted = [await hduRows(directory), await obsRows(directory)];
    await writeFile(join(directory, name), older);
    const changes = { added: [], changed: [], removed: [] };
    expect(await index(directory, { existing: 'update' })).toMatchObject({ changes, isCurrent: false, written: true });
    expect([await hduRows(directory), await obsRows(directory)]).toEqual(wanted);
    expect(await index(directory, { existing: 'update' })).toMatchObject({ isCurrent: true, written: false });
  });

  it('leaves what was added to the observation index by hand as it is when nothing changed', async () => {
    const directory = await store();
    const { path, judged } = await withQuality(directory);
    const more = buildTable({
      name: '',
      columns: [
        { name: 'OBS_ID', form: '1K', values: [9] },
        { name: 'TRIPLE', form: '3E', values: [1, 2, 3] },
      ],
    });
    const joined = concatTables([{ table: judged }, { table: more }]);
    await writeTables(path, [concatTables([{ table: joined, rows: Uint32Array.of(0, 1, 2) }])]);
    const before = await readFile(path);
    expect(await index(directory, { existing: 'update' })).toMatchObject({ isCurrent: true, notes: [] });
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it('looks again at files that were broken, moved, or have another time', async () => {
    const directory = await store();
    await writeFile(join(directory, 'data/e.fits'), 'not yet');
    expect((await index(directory, { existing: 'update' })).problems).toHaveLength(1);
    expect((await index(directory, { existing: 'update' })).problems).toHaveLength(1);
    await writeFiles(directory, { 'data/e.fits': [events(5)] });
    await rename(join(directory, 'data/a.fits'), join(directory, 'data/z.fits'));
    await utimes(join(directory, 'data/b.fits.gz'), 1, 1);
    const { changes, problems } = await index(directory, { existing: 'update' });
    expect(problems).toEqual([]);
    expect(changes).toEqual({
      added: ['data/e.fits', 'data/z.fits'],
      changed: ['data/b.fits.gz'],
      removed: ['data/a.fits'],
    });
    expect((await hduRows(directory))[0]).toBe('1 events data/z.fits[EVENTS]');
  });

  it('keeps what was added to the observation index by hand, also of files that changed', async () => {
    const directory = await store();
    const { path, judged } = await withQuality(directory);
    const more = buildTable({
      name: '',
      columns: [
        { name: 'OBS_ID', form: '1K', values: [9] },
        { name: 'WEATHER', form: '5A', values: ['fog'] },
        { name: 'SHIFT', form: '1J', values: [7] },
        { name: 'RATE', form: '1E', unit: 'Hz', values: [0.5] },
        { name: 'TRIPLE', form: '3E', values: [1, 2, 3] },
      ],
    });
    await writeTables(path, [concatTables([{ table: judged }, { table: more }])]);
    await writeFiles(directory, {
      'data/a.fits': [events(1, { count: 5 })],
      'data/n.fits': [events(9)],
      'data/o.fits': [events(10)],
    });
    await rm(join(directory, 'data/b.fits.gz'));
    const { notes } = await index(directory, { existing: 'update' });
    expect(notes).toEqual([expect.stringMatching(/the columns TRIPLE of the former index; they are gone/)]);
    expect(await obsRows(directory)).toMatchObject([
      { OBS_ID: 1, QUALITY: 0, EVENT_COUNT: 5, WEATHER: '', RATE: Number.NaN },
      { OBS_ID: 3, QUALITY: 2 },
      { OBS_ID: 9, QUALITY: -1, WEATHER: 'fog', SHIFT: 7, RATE: 0.5 },
      { OBS_ID: 10, QUALITY: -1, WEATHER: '' },
    ]);
    const [made] = await readTables(path);
    const shift = made?.read('SHIFT');
    expect(shift?.kind === 'bigint' && [...(shift.nulls ?? [])]).toEqual([1, 1, 0, 1]);
    const { notes: gone } = await index(directory, { existing: 'replace' });
    expect(gone).toEqual([
      expect.stringMatching(/the columns WEATHER, SHIFT, RATE of the former index; they are gone/),
    ]);
  });

  it('knows the files of a large store', async () => {
    const directory = await store();
    const path = join(directory, STATE_DIRECTORY, 'index.jsonl');
    const [first, ...files] = (await readFile(path, 'utf8')).split('\n');
    // What was kept of files that are gone may be as large.
    const others = Array.from({ length: 70 }, () => 'x'.repeat(1e6));
    await writeFile(path, [first, ...others, ...files].join('\n'));
    expect(await index(directory, { existing: 'update' })).toMatchObject({ isCurrent: true, notes: [] });
  });

  it('reads the headers of a new file once, also where it keeps the column MD5', async () => {
    const reads = async (withMd5: boolean): Promise<unknown[]> => {
      const directory = await store();
      await index(directory, { existing: 'replace', withMd5 });
      await writeFiles(directory, { 'data/new.fits': [events(4)] });
      // As on a mounted network file system, where each read is a call of its own.
      const disk = vi.spyOn(LocalDestination.prototype, 'diskPath').mockReturnValue(undefined);
      const read = vi.spyOn(LocalDestination.prototype, 'read');
      await index(directory, { existing: 'update' });
      const ofNew = read.mock.calls.filter(([path]) => path === 'data/new.fits');
      for (const spy of [disk, read]) spy.mockRestore();
      return ofNew.map(([, range]) => [range?.start, range?.end]);
    };
    const ofHeaders = await reads(false);
    expect(ofHeaders.length).toBeGreaterThan(0);
    expect(await reads(true)).toEqual([...ofHeaders, [undefined, undefined]]);
  });

  it('reads all where nothing is known, and where what is known is of another version or broken', async () => {
    const directory = await store();
    const path = join(directory, STATE_DIRECTORY, 'index.jsonl');
    const text = await readFile(path, 'utf8');
    for (const other of [undefined, text.replace(/"version":\d+/, '"version":0'), '\u0000']) {
      if (other === undefined) await rm(path);
      else await writeFile(path, other);
      const { filesRead, notes } = await index(directory, { existing: 'update' });
      expect([filesRead, notes.length]).toEqual([6, 1]);
    }
    await writeFile(path, text.split('\n').slice(0, 3).join('\n').concat('\n{"path":7}\nnonsense\n'));
    expect((await index(directory, { existing: 'update' })).problems).toEqual([]);
    expect((await obsRows(directory)).length).toBe(3);
  });
});
