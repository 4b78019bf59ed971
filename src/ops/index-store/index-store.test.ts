import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRows, readTables, simulatedStore, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { STATE_DIRECTORY } from '../../transfer/index.ts';
import { openStore } from '../open-store.ts';
import { isFine, verifyStore } from '../verify-store.ts';
import type { IndexEvent } from './index-events.ts';
import { events, gti, hduRows, index, obsRows, responses, writeFiles } from './testing/data-files.ts';

async function masterOf(directory: string): Promise<{ datasets: Record<string, unknown>[] }> {
  return JSON.parse(await readFile(join(directory, 'master.json'), 'utf8'));
}

describe('indexStore()', () => {
  it('makes a store of a folder of files', async () => {
    const directory = join(await tempDirectory(), 'gps');
    await writeFiles(directory, {
      'data/b.fits.gz': [events(20, { count: 3 }), gti(), ...responses()],
      'data/a.fits': [events(10), gti(), ...responses()],
    });
    const result = await index(directory);
    expect(result).toMatchObject({
      files: 2,
      filesRead: 2,
      written: true,
      problems: [],
      notes: [],
      changes: undefined,
    });
    const counted = { name: 'gps', observations: 2, ontimeSeconds: 1200, events: 5 };
    expect(result.datasets).toMatchObject([{ ...counted, hdu: 'hdu-index.fits.gz', existed: false }]);
    expect((await masterOf(directory)).datasets).toMatchObject([
      {
        name: 'gps',
        hduindx: 'hdu-index.fits.gz',
        obsindx: 'obs-index.fits.gz',
        'Total observations': 2,
        'Total events': 5,
      },
    ]);
    expect((await obsRows(directory)).map((row) => row['OBS_ID'])).toEqual([10, 20]);
    expect(await obsRows(directory)).toMatchObject([
      { ZEN_PNT: 20, ONTIME: 600, DEADC: 0.9, TSTART: 10_000, TMID: 10_300, EVENT_COUNT: 2 },
      { 'DATE-OBS': '2001-01-01', 'TIME-OBS': '17:33:20', QUALITY: -1 },
    ]);
    const [table] = await readTables(join(directory, 'obs-index.fits.gz'));
    expect(['MJDREFI', 'MJDREFF', 'TIMESYS', 'TIMEUNIT'].map((keyword) => table?.header.get(keyword))).toEqual([
      51910,
      0.5,
      'TT',
      's',
    ]);
    expect(table?.column('OBJECT')).toBeUndefined();
    expect(table?.column('TSTART')).toMatchObject({ unit: 's', form: { code: 'D' } });
    const store = await openStore(directory);
    expect(store.master.datasets.map(({ name }) => name)).toEqual(['gps']);
  });

  it('names files that are no FITS or broken, and lists the others', async () => {
    const directory = await tempDirectory();
    const store = await simulatedStore(directory, { observations: 3, gzip: false });
    await rm(join(directory, 'hdu-index.fits'));
    await rm(join(directory, 'obs-index.fits'));
    const data = (await readdir(join(directory, 'data'))).sort().map((name) => join(directory, 'data', name));
    const [first = '', second = ''] = data;
    await writeFile(first, (await readFile(first)).subarray(0, -4000));
    await writeFile(second, 'no FITS at all');
    await writeFile(join(directory, 'data/cut.fits.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0]));
    await writeFile(join(directory, 'data/empty.fits'), '');
    await symlink(join(directory, 'nowhere'), join(directory, 'data/link.fits'));
    const { problems, datasets } = await index(directory);
    expect(problems.map((each) => each.replaceAll(`${directory}/data/`, '')).sort()).toEqual([
      '"empty.fits" is not a FITS file: it is empty, needed "SIMPLE  ="',
      expect.stringMatching(
        /^"simulated_obs_id_100001.fits" is truncated in HDU 6 \("BKG"\): \d+ bytes of data found, \d+ needed$/,
      ),
      '"simulated_obs_id_100002.fits" is not a FITS file: it begins with "no FITS a", needed "SIMPLE  ="',
      'Cannot decompress "cut.fits.gz": unexpected end of file',
    ]);
    expect(datasets).toMatchObject([{ observations: 1 }]);
    expect((await obsRows(directory, 'obs-index.fits')).map((row) => row['OBS_ID'])).toEqual([store.ids[2]]);
  });

  it('tells of observations that come twice, of event lists without an ID, and of names that no index can hold', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, {
      'a.fits': [events(1)],
      'copy/a.fits.gz': [events(1)],
      'text.fits': [events(2, { cards: { OBS_ID: '0002' } })],
      'name.fits': [events(3, { cards: { OBS_ID: 'run 3' } })],
      'blank.fits': [events(4, { cards: { OBS_ID: '' } })],
      'störung.fits': [events(5)],
      'map.fits': [],
    });
    const { problems, notes } = await index(directory);
    expect(problems).toEqual([
      '"störung.fits": an index can only name files whose names are ASCII without blanks at their ends.',
      '"blank.fits": the event list "EVENTS" has no OBS_ID, and belongs to no observation.',
      '"name.fits": the event list "EVENTS" has the OBS_ID "run 3"; an index needs an integer.',
      '"copy/a.fits.gz" holds observation 1 once more, which is in "a.fits"; only the latter is listed.',
    ]);
    expect(notes).toEqual(['Of no observation: "blank.fits", "map.fits", "name.fits".']);
    expect(await hduRows(directory)).toEqual(['1 events a.fits[EVENTS]', '2 events text.fits[EVENTS]']);
  });

  it('refuses to overwrite an index before it reads the data, and a data file in any case', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)] });
    await index(directory);
    const before = await readFile(join(directory, 'hdu-index.fits.gz'));
    const seen: IndexEvent[] = [];
    await expect(index(directory, { onEvent: (event) => seen.push(event) })).rejects.toMatchObject({ code: 'exists' });
    expect(seen).toEqual([]);
    expect(await readFile(join(directory, 'hdu-index.fits.gz'))).toEqual(before);
    await rm(join(directory, 'hdu-index.fits.gz'));
    await writeFiles(directory, { 'hdu-index.fits.gz': [events(2)] });
    await rm(join(directory, 'obs-index.fits.gz'));
    await expect(index(directory, { existing: 'replace' })).rejects.toMatchObject({ code: 'exists' });
  });

  it('knows an index by what it holds, whatever its name', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)] });
    await index(directory);
    await rm(join(directory, 'master.json'));
    await rename(join(directory, 'hdu-index.fits.gz'), join(directory, 'what.fits.gz'));
    await rename(join(directory, 'obs-index.fits.gz'), join(directory, 'when.fits.gz'));
    await writeFiles(directory, { 'b.fits': [events(2)] });
    await expect(index(directory)).rejects.toMatchObject({ code: 'exists' });
    const { datasets } = await index(directory, { existing: 'replace' });
    expect(datasets).toMatchObject([{ hdu: 'what.fits.gz', obs: 'when.fits.gz', observations: 2 }]);
  });

  it('says when there is nothing to list', async () => {
    const directory = await tempDirectory();
    await expect(index(directory)).rejects.toMatchObject({ code: 'not-found' });
    await writeFiles(directory, { 'irf.fits': responses(), 'x.fits': [events(1, { cards: { OBS_ID: '' } })] });
    await expect(index(directory)).rejects.toThrow(/2 FITS files were looked at\.\n - "x\.fits": the event list/);
    await expect(index(join(directory, 'absent'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('writes nothing in a dry run', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)] });
    const { written, datasets } = await index(directory, { dryRun: true });
    expect([written, datasets.length]).toEqual([false, 1]);
    expect(await readdir(directory)).toEqual(['a.fits']);
  });

  it('keeps the places of index files, and other entries and keys of the master index', async () => {
    const directory = await tempDirectory();
    await simulatedStore(directory, { observations: 2, indexDir: 'index/gps' });
    const paths = { hduindx: 'index/gps/hdu-index.fits.gz', obsindx: 'index/gps/obs-index.fits.gz' };
    const mine = { name: 'mine', ...paths, note: 'by hand', 'Total events': 1 };
    const other = { name: 'other', hduindx: 'x.fits', obsindx: 'y.fits' };
    await writeFile(join(directory, 'master.json'), JSON.stringify({ site: 48, datasets: [other, mine] }));
    const result = await index(directory, { existing: 'replace' });
    const master = await masterOf(directory);
    expect(master).toMatchObject({ site: 48, datasets: [other, { name: 'mine', ...paths, note: 'by hand' }] });
    expect(master.datasets[1]?.['Total events']).toBe(result.datasets[0]?.events);
    const [row] = await hduRows(directory, 'index/gps/hdu-index.fits.gz');
    expect(row).toMatch(/ events \.\.\/\.\.\/data\/simulated_obs_id_\d+\.fits\.gz\[EVENTS\]$/);
    expect(await readdir(directory)).toEqual(expect.not.arrayContaining(['hdu-index.fits.gz']));
  });

  it('takes the names that the master index has for index files that are not there', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'data/a.fits': [events(1)] });
    const entry = { name: 'mine', hduindx: 'index/h.fits', obsindx: 'index/o.fits' };
    await writeFile(join(directory, 'master.json'), JSON.stringify({ datasets: [entry] }));
    await index(directory);
    expect(await hduRows(directory, 'index/h.fits')).toEqual(['1 events ../data/a.fits[EVENTS]']);
    expect((await masterOf(directory)).datasets).toMatchObject([entry]);
  });

  it('writes both tables into one file where one file held them', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)] });
    await index(directory);
    const tables = [
      ...(await readTables(join(directory, 'hdu-index.fits.gz'))),
      ...(await readTables(join(directory, 'obs-index.fits.gz'))),
    ];
    for (const name of ['hdu-index.fits.gz', 'obs-index.fits.gz', 'master.json']) await rm(join(directory, name));
    await writeTables(join(directory, 'index.fits'), tables);
    await writeFiles(directory, { 'b.fits': [events(2)] });
    const { datasets } = await index(directory, { existing: 'update' });
    expect(datasets).toMatchObject([{ hdu: 'index.fits', obs: 'index.fits', observations: 2 }]);
    expect((await readTables(join(directory, 'index.fits'))).map(({ rowCount }) => rowCount)).toEqual([2, 2]);
  });

  it('refuses several datasets: nothing tells which files are whose', async () => {
    const directory = await tempDirectory();
    await simulatedStore(join(directory, 'one'), { observations: 1 });
    await simulatedStore(join(directory, 'two'), { observations: 1, seed: 2 });
    await expect(index(directory, { existing: 'replace' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('converts times that count from another moment, and tells', async () => {
    const directory = await tempDirectory();
    const other = { MJDREFI: 51911, MJDREFF: 0.5, TIMEUNIT: 'd', TSTART: 1, TSTOP: 1.25 };
    const utc = { TIMESYS: 'UTC', TSTART: 100 };
    await writeFiles(directory, {
      'a.fits': [events(1)],
      'b.fits': [events(2)],
      'c.fits': [events(3, { cards: other })],
      'd.fits': [events(4, { cards: utc })],
      'e.fits': [events(5, { cards: { TIMESYS: 'MARS' } })],
    });
    const { notes, problems } = await index(directory);
    expect(notes).toEqual([
      '"c.fits": times count from another moment, and were converted.',
      '"d.fits": times count from another moment, and were converted.',
    ]);
    expect(problems).toEqual([expect.stringMatching(/^"e\.fits": .*TIMESYS is "MARS"/)]);
    const rows = await obsRows(directory);
    const starts = rows.map((row) => row['TSTART']);
    expect(starts).toEqual([1000, 2000, 2 * 86400, expect.closeTo(164.184, 6), Number.NaN]);
    expect(rows[2]).toMatchObject({ TSTOP: 2.25 * 86400 });
  });

  it('gives dates in the scale of TIMESYS: those of headers in that scale, else those of TSTART and TSTOP', async () => {
    const directory = await tempDirectory();
    const dated = (more: Record<string, string>) => ({ cards: { TSTART: 43190.75, TSTOP: 43199.9996, ...more } });
    await writeFiles(directory, {
      'a.fits': [events(1, dated({}))],
      'b.fits': [
        events(2, dated({ 'DATE-OBS': '2009-08-07', 'TIME-OBS': '06:05:04', 'DATE-END': '2009-08-07 06:30' })),
      ],
      'c.fits': [events(3, dated({ DATE_OBS: '2009-08-07T06:05:04.5', 'TIME-END': '2009-08-07T06:30:01' }))],
      'd.fits': [events(4, dated({ 'DATE-BEG': '2001-01-01', 'DATE-END': '01/01/01' }))],
      'e.fits': [events(5, dated({ TIMESYS: 'utc', 'DATE-OBS': '2001-01-01T23:59:50' }))],
      'f.fits': [events(6, { cards: { TSTART: '', TSTOP: '' } })],
    });
    await index(directory);
    const row = (...texts: readonly string[]) =>
      Object.fromEntries(['DATE-OBS', 'TIME-OBS', 'DATE-END', 'TIME-END'].map((name, i) => [name, texts[i]]));
    expect(await obsRows(directory)).toMatchObject([
      row('2001-01-01', '23:59:50.75', '2001-01-02', '00:00:00'),
      row('2009-08-07', '06:05:04', '2009-08-07', '06:30'),
      row('2009-08-07', '06:05:04.5', '2009-08-07', '06:30:01'),
      row('2001-01-01', '23:59:50.75', '2001-01-02', '00:00:00'),
      row('2001-01-02', '00:00:54.934', '2001-01-02', '00:01:04.184'),
      row('', '', '', ''),
    ]);
  });

  it('adds sizes and digests when asked', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)], 'irf.fits.gz': responses() });
    await index(directory, { withSize: true, withMd5: true });
    for (const row of await readRows(join(directory, 'hdu-index.fits.gz'))) {
      const content = await readFile(join(directory, String(row['FILE_NAME'])));
      expect(row['SIZE']).toBe(content.length);
      expect(row['MD5']).toBe(createHash('md5').update(content).digest('hex'));
    }
    await writeFiles(directory, { 'b.fits': [events(2)] });
    await index(directory, { existing: 'update' });
    const digests = (await readRows(join(directory, 'hdu-index.fits.gz'))).map((row) => String(row['MD5']));
    expect(digests.every((digest) => /^[0-9a-f]{32}$/.test(digest))).toBe(true);
  });

  it('leaves a store that a copy has noted as fine as it was', async () => {
    const directory = await tempDirectory();
    const store = await simulatedStore(directory, { observations: 2 });
    await mkdir(join(directory, STATE_DIRECTORY), { recursive: true });
    const wrong = { size: 1, sha256: '0'.repeat(64), source: '', time: new Date().toISOString() };
    const lines = ['hdu-index.fits.gz', 'master.json'].map((path) => JSON.stringify({ path, ...wrong }));
    await writeFile(join(directory, STATE_DIRECTORY, 'manifest.jsonl'), `${lines.join('\n')}\n`);
    await index(directory, { existing: 'replace' });
    expect(await readFile(join(directory, STATE_DIRECTORY, 'manifest.jsonl'), 'utf8')).toBe('');
    const { files } = await verifyStore({ store: await openStore(store.directory) });
    expect(files.filter((file) => !isFine(file))).toEqual([]);
  });
});
