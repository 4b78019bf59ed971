import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { itNeeds, sharedStore } from '../../test/support/require.ts';
import { customStore, hduIndexTable, obsIndexTable, simulatedStore, writeTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource } from '../storage/index.ts';
import { describeDataset } from './describe-dataset.ts';
import { findIndexes } from './find-indexes.ts';
import { initStore } from './init-store.ts';

const init = (directory: string, options: { name?: string; force?: boolean } = {}) =>
  initStore({ directory, force: false, program: 'test', ...options });

async function readMaster(directory: string): Promise<{ datasets: Record<string, unknown>[] }> {
  return JSON.parse(await readFile(join(directory, 'master.json'), 'utf8'));
}

describe('initStore()', () => {
  it('computes what is true of a store', async () => {
    const directory = join(await tempDirectory(), 'gps');
    const store = await simulatedStore(directory, { observations: 4, indexDir: 'index' });
    const known = JSON.parse(await readFile(store.master, 'utf8')).datasets[0];
    await rm(store.master);
    const { datasets, notes } = await init(directory);
    expect(notes).toEqual([]);
    expect(datasets).toMatchObject([{ name: 'gps', observations: 4, events: known['Total events'] }]);
    const [entry] = (await readMaster(directory)).datasets;
    expect(Object.keys(entry ?? {})).toEqual([
      'name',
      'hduindx',
      'obsindx',
      'Total observations',
      'Total time',
      'Total events',
      'Disk usage',
      'Date created',
    ]);
    expect(entry).toMatchObject({
      hduindx: 'index/hdu-index.fits.gz',
      obsindx: 'index/obs-index.fits.gz',
      'Total observations': 4,
      'Total events': known['Total events'],
    });
  });

  it('says what makes an index of absolute paths anew', async () => {
    const directory = await tempDirectory();
    const { master } = await customStore(directory, [{ id: 1, dir: `${directory}/data`, name: 'a' }]);
    await rm(master);
    await expect(init(directory)).rejects.toMatchObject({
      code: 'unsafe-path',
      message: expect.stringMatching(
        /row 1 \(OBS_ID 1\).* is absolute\..*\. "iact index --update .*" makes the index anew/,
      ),
    });
  });

  it('does not overwrite a master index, and with force keeps entries and keys that it did not make', async () => {
    const directory = await tempDirectory();
    const { master } = await customStore(directory, [{ id: 1, name: 'a' }]);
    const other = { name: 'other', hduindx: 'x.fits', obsindx: 'y.fits' };
    const mine = {
      name: 'mine',
      hduindx: 'hdu-index.fits.gz',
      obsindx: 'obs-index.fits.gz',
      note: 'by hand',
      'Total events': 99,
    };
    const text = `{"site": 48.0, "datasets": [${JSON.stringify(mine)}, ${JSON.stringify(other)}]}`;
    await writeFile(master, text);
    await expect(init(directory)).rejects.toMatchObject({ code: 'exists' });
    expect(await readFile(master, 'utf8')).toBe(text);
    expect(await init(directory, { force: true })).toMatchObject({ kept: ['other'], datasets: [{ name: 'mine' }] });
    expect(await readFile(master, 'utf8')).toContain('"site": 48.0');
    expect((await readMaster(directory)).datasets).toMatchObject([
      { name: 'mine', note: 'by hand', 'Total events': 0 },
      other,
    ]);
  });

  it('leaves a broken master index as it is, also with force', async () => {
    const directory = await tempDirectory();
    const { master } = await customStore(directory, [{ id: 1, name: 'a' }]);
    await writeFile(master, '{ "datasets": [ ');
    await expect(init(directory, { force: true })).rejects.toMatchObject({ code: 'bad-data' });
    expect(await readFile(master, 'utf8')).toBe('{ "datasets": [ ');
  });

  it('names several datasets after what tells them apart', async () => {
    const directory = await tempDirectory();
    for (const place of ['index/gps', 'index/agn']) {
      const { master } = await customStore(join(directory, place), [{ id: 1, name: 'a' }]);
      await rm(master);
    }
    expect((await init(directory)).datasets.map(({ name }) => name).sort()).toEqual(['agn', 'gps']);
    await rm(join(directory, 'master.json'));
    await expect(init(directory, { name: 'one' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('tells apart datasets in one folder by their file names', async () => {
    const directory = await tempDirectory();
    for (const name of ['loose', 'hard']) {
      await writeTables(join(directory, `hdu-index-${name}.fits`), [hduIndexTable([{ id: 1, name: 'a' }])]);
      await writeTables(join(directory, `obs-index-${name}.fits`), [obsIndexTable([1])]);
    }
    const { datasets } = await init(directory);
    expect(datasets.map(({ name, hdu, obs }) => [name, hdu, obs])).toEqual([
      ['hard', 'hdu-index-hard.fits', 'obs-index-hard.fits'],
      ['loose', 'hdu-index-loose.fits', 'obs-index-loose.fits'],
    ]);
  });

  it('keeps the words of file names apart, and leaves out what all index files are called (HAWC)', async () => {
    const directory = await tempDirectory();
    for (const name of ['GP', 'NN']) {
      const end = `index-table-${name}-Crab.fits.gz`;
      await writeTables(join(directory, `hdu-${end}`), [hduIndexTable([{ id: 1, name: 'a' }])]);
      await writeTables(join(directory, `obs-${end}`), [obsIndexTable([1])]);
    }
    const { datasets } = await init(directory);
    expect(datasets.map(({ name }) => name)).toEqual(['GP-Crab', 'NN-Crab']);
  });

  it('finds index files by what they hold, where their names do not tell', async () => {
    const directory = await tempDirectory();
    const { master } = await customStore(directory, [{ id: 1, name: 'a' }]);
    await rm(master);
    await rename(join(directory, 'hdu-index.fits.gz'), join(directory, 'one.fits.gz'));
    await rename(join(directory, 'obs-index.fits.gz'), join(directory, 'two.fits.gz'));
    await writeFile(join(directory, 'broken.fits'), 'no FITS');
    expect((await init(directory)).datasets).toMatchObject([{ hdu: 'one.fits.gz', obs: 'two.fits.gz' }]);
  });

  it('says what it lacks', async () => {
    const directory = await tempDirectory();
    await expect(init(join(directory, 'nowhere'))).rejects.toThrow('nowhere" does not exist.');
    await expect(init(directory)).rejects.toThrow(
      'an HDU index and an observation index are needed, and we found none',
    );
    await mkdir(join(directory, 'x'));
    await writeTables(join(directory, 'x/hdu-index.fits'), [hduIndexTable([{ id: 1, name: 'a' }])]);
    await expect(init(directory)).rejects.toThrow('we found only "x/hdu-index.fits"');
    const broken = join(directory, 'x/obs-index.fits.gz');
    await writeFile(broken, Buffer.from([0x1f, 0x8b, 8, 0]));
    await expect(init(directory)).rejects.toThrow(
      `Cannot decompress "${broken}": unexpected end of file. "iact index `,
    );
  });

  it('warns of files that it could not count', async () => {
    const directory = await tempDirectory();
    const { master } = await customStore(
      directory,
      [
        { id: 1, name: 'gone.fits' },
        { id: 2, name: 'text.fits' },
      ],
      { files: ['data/text.fits'] },
    );
    await rm(master);
    const { notes } = await init(directory);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toContain('gone.fits" does not exist');
    expect(notes[1]).toContain('text.fits');
  });
});

describe('describeDataset()', () => {
  const hess = sharedStore('hess_dl3_dr1');

  itNeeds(hess)(
    'counts 105 observations and 1046156 events in H.E.S.S. DL3 DR1, whatever the tutorial says',
    async () => {
      const source = new LocalSource(hess.path);
      const { pairs } = await findIndexes(source);
      expect(pairs).toEqual([{ hdu: 'hdu-index.fits.gz', obs: 'obs-index.fits.gz' }]);
      const summary = await describeDataset(source, pairs[0] ?? expect.fail('no pair'));
      expect(summary).toMatchObject({ observations: 105, events: 1046156, notes: [] });
      expect(((summary.ontimeSeconds ?? 0) / 3600).toFixed(1)).toBe('48.6');
    },
  );

  const cta = sharedStore('cta-1dc');

  itNeeds(cta)('counts the first CTA data challenge, whose index lies two folders down', async () => {
    const source = new LocalSource(cta.path);
    const { pairs } = await findIndexes(source);
    const summary = await describeDataset(source, pairs[0] ?? expect.fail('no pair'));
    expect(summary).toMatchObject({ observations: 4, events: 419774, ontimeSeconds: 7200, notes: [] });
  });
});
