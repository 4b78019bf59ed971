import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { BinTable, type Hdu, readFits, verifyChecksum } from '../fits/index.ts';
import type { SimulateOptions } from './options.ts';
import { type SimulatedFile, simulateStore } from './store.ts';

async function read(file: SimulatedFile): Promise<Hdu[]> {
  const source = (async function* (): AsyncGenerator<Uint8Array> {
    yield* file.bytes();
  })();
  return readFits(source, { uri: file.path, inflate: (bytes) => bytes });
}

function digest(file: SimulatedFile): string {
  const hash = createHash('sha256');
  for (const bytes of file.bytes()) hash.update(bytes);
  return hash.digest('hex');
}

function digests(options: SimulateOptions): Map<string, string> {
  const store = simulateStore(options);
  return new Map([...store.files(), ...store.indexFiles()].map((file) => [file.path, digest(file)]));
}

function strings(table: BinTable, name: string): string[] {
  const data = table.read(name);
  if (data.kind !== 'string') throw new Error(`${name} is ${data.kind}`);
  return Array.from({ length: data.length }, (_, i) => data.get(i));
}

function numbers(table: BinTable, name: string): number[] {
  const data = table.read(name);
  if (data.kind !== 'number') throw new Error(`${name} is ${data.kind}`);
  return Array.from(data.values);
}

describe('simulateStore()', () => {
  it('gives the same bytes for the same options, and others for another seed', () => {
    const options = { observations: 3, seed: 42 };
    const found = digests(options);
    expect(digests(options)).toEqual(found);
    const others = digests({ ...options, seed: 43 });
    expect([...others.keys()]).toEqual([...found.keys()]);
    for (const [path, other] of others) if (path !== 'hdu-index.fits.gz') expect(other).not.toBe(found.get(path));
  });

  it('gives an observation the same file in a larger store', () => {
    const [small, large] = [digests({ observations: 2 }), digests({ observations: 4 })];
    const dataFiles = [...small.keys()].filter((path) => path.startsWith('data/'));
    expect(dataFiles).toHaveLength(2);
    for (const path of dataFiles) expect(large.get(path)).toBe(small.get(path));
  });

  it('lists six HDUs of every observation in the HDU index, and they are there', async () => {
    const store = simulateStore({ observations: 3 });
    const files = new Map([...store.files()].map((file) => [file.path, file]));
    const columns = ['HDU_TYPE', 'HDU_CLASS', 'FILE_DIR', 'FILE_NAME', 'HDU_NAME'] as const;
    const cells = columns.map((name) => strings(store.hduIndex, name));
    expect(cells[0]!.slice(0, 6)).toEqual(['events', 'gti', 'aeff', 'edisp', 'psf', 'bkg']);
    expect(cells[1]!.slice(0, 6)).toEqual(['events', 'gti', 'aeff_2d', 'edisp_2d', 'psf_table', 'bkg_3d']);
    expect(store.hduIndex.rowCount).toBe(18);
    for (let row = 0; row < store.hduIndex.rowCount; row++) {
      const [, , dir, name, hduName] = cells.map((column) => column[row]!);
      const hdus = await read(files.get(`${dir}/${name}`)!);
      expect(hdus.map((hdu) => hdu.name)).toContain(hduName);
      expect(hdus[1]!.header.integer('OBS_ID')).toBe(numbers(store.hduIndex, 'OBS_ID')[row]);
    }
  });

  it('gives the true numbers of events in the index, the files and the truth', async () => {
    const store = simulateStore({ observations: 3 });
    const eventCounts = numbers(store.obsIndex, 'EVENT_COUNT');
    expect(store.master.datasets[0]!['Total events']).toBe(eventCounts.reduce((sum, count) => sum + count, 0));
    for (const [i, file] of [...store.files()].entries()) {
      const events = (await read(file))[1]!;
      expect(events.header.integer('NAXIS2')).toBe(eventCounts[i]);
      const truth = store.truth.observations[i]!;
      expect(truth.source + truth.background).toBe(eventCounts[i]);
    }
  });

  it('has headers that agree with the observation index and with the good time', async () => {
    const store = simulateStore({ observations: 12, eventsPerObservation: 20 });
    for (const [i, file] of [...store.files()].entries()) {
      const [, events, gti] = await read(file);
      for (const name of ['OBS_ID', 'TSTART', 'TSTOP', 'ONTIME', 'LIVETIME', 'DEADC', 'RA_PNT', 'DEC_PNT', 'ALT_PNT']) {
        expect(events!.header.number(name)).toBe(numbers(store.obsIndex, name)[i]);
      }
      const [date, time] = ['DATE_OBS', 'TIME_OBS'].map((name) => strings(store.obsIndex, name)[i]);
      expect(events!.header.string('DATE-OBS')).toBe(`${date}T${time}`);
      const table = BinTable.fromHdu(gti!, file.path);
      const [starts, stops] = [numbers(table, 'START'), numbers(table, 'STOP')];
      const sum = starts.reduce((total, start, row) => total + stops[row]! - start, 0);
      expect(sum).toBe(events!.header.number('ONTIME'));
    }
  });

  it('sums every file up with checksums', async () => {
    const store = simulateStore({ observations: 1 });
    for (const file of [...store.files(), ...store.indexFiles()]) {
      for (const hdu of await read(file)) expect(verifyChecksum(hdu)).toEqual({ datasum: 'ok', checksum: 'ok' });
    }
  });

  it('says in CREF and TDIM how the responses are binned', async () => {
    const [file] = simulateStore({ observations: 1 }).files();
    const bkg = (await read(file!)).find((hdu) => hdu.name === 'BKG')!;
    expect(bkg.header.string('TTYPE7')).toBe('BKG');
    expect(bkg.header.string('CREF7')).toBe('(ENERG_LO:ENERG_HI,DETX_LO:DETX_HI,DETY_LO:DETY_HI)');
    expect(BinTable.fromHdu(bkg, file!.path).column('BKG')!.dim).toEqual([24, 25, 25]);
  });

  it('keeps a demo of twenty observations small', () => {
    let size = 0;
    for (const file of simulateStore({ observations: 20 }).files())
      for (const bytes of file.bytes()) size += bytes.length;
    expect(size).toBeLessThan(10e6);
    expect(size).toBeGreaterThan(2e6);
  });

  it('leaves the index as it is when only the index is wanted', () => {
    const [whole, index] = [simulateStore({ observations: 5 }), simulateStore({ observations: 5, indexOnly: true })];
    expect([...index.files()]).toEqual([]);
    expect(index.indexFiles().map(digest)).toEqual(whole.indexFiles().map(digest));
    expect(index.master).toEqual(whole.master);
  });

  it('makes an index of 100 000 observations with all run numbers and file names different', () => {
    const store = simulateStore({ observations: 100_000, indexOnly: true });
    expect(store.hduIndex.rowCount).toBe(600_000);
    const ids = numbers(store.obsIndex, 'OBS_ID');
    expect(new Set(ids).size).toBe(100_000);
    const names = strings(store.hduIndex, 'FILE_NAME');
    expect(names.at(-1)).toBe(`simulated_obs_id_${ids.at(-1)}.fits.gz`);
    expect(new Set(names).size).toBe(100_000);
  });

  it('can share one response file', async () => {
    const store = simulateStore({ observations: 2, sharedIrfs: true, gzip: false });
    const files = [...store.files()];
    expect(files.map(({ path }) => path).at(-1)).toBe('data/simulated_irfs.fits');
    const names = await Promise.all(files.map(async (file) => (await read(file)).map((hdu) => hdu.name)));
    expect(names.slice(0, 2)).toEqual([
      ['', 'EVENTS', 'GTI'],
      ['', 'EVENTS', 'GTI'],
    ]);
    expect(names[2]).toEqual(['', 'AEFF', 'EDISP', 'PSF', 'BKG']);
    expect(strings(store.hduIndex, 'FILE_NAME').filter((name) => name === 'simulated_irfs.fits')).toHaveLength(8);
  });

  it('can put the index in a folder of its own, with a way back to the data', () => {
    const store = simulateStore({ observations: 1, indexDir: 'index/gps', name: 'gps' });
    expect(store.indexFiles().map(({ path }) => path)).toEqual([
      'index/gps/hdu-index.fits.gz',
      'index/gps/obs-index.fits.gz',
    ]);
    expect(store.master.datasets[0]).toMatchObject({ name: 'gps', hduindx: 'index/gps/hdu-index.fits.gz' });
    expect(new Set(strings(store.hduIndex, 'FILE_DIR'))).toEqual(new Set(['../../data']));
  });

  it('can be irregular: no events, no background model, an absent file', async () => {
    const store = simulateStore({
      observations: 3,
      emptyObservations: [0],
      withoutHdus: ['bkg'],
      absentFiles: [2],
    });
    const files = [...store.files()];
    expect(files).toHaveLength(2);
    const hdus = await read(files[0]!);
    expect(hdus.map((hdu) => hdu.name)).toEqual(['', 'EVENTS', 'GTI', 'AEFF', 'EDISP', 'PSF']);
    expect(hdus[1]!.header.integer('NAXIS2')).toBe(0);
    expect(numbers(store.obsIndex, 'EVENT_COUNT')[0]).toBe(0);
    expect(new Set(strings(store.hduIndex, 'FILE_NAME')).size).toBe(3);
    expect(strings(store.hduIndex, 'HDU_TYPE')).not.toContain('bkg');
  });

  it.each([
    [{ observations: 0 }, 'observations'],
    [{ observations: 1.5 }, 'observations'],
    [{ observations: 1, seed: -1 }, 'seed'],
    [{ observations: 1, firstObsId: 3e9 }, 'observation ID'],
    [{ observations: 1, eventsPerObservation: 0 }, 'events'],
    [{ observations: 1, name: '../x' }, 'name'],
    [{ observations: 1, indexDir: 'a/../b' }, 'index folder'],
  ])('refuses %j', (options, named) => {
    const act = (): unknown => simulateStore(options);
    expect(act).toThrow(IactError);
    expect(act).toThrow(named);
  });
});
