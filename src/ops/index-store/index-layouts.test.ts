import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRows, readTables, simulatedStore } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { buildTable } from '../../fits/index.ts';
import type { SimulateOptions } from '../../simulate/index.ts';
import { events, gti, hduRows, index, obsRows, response, responses, writeFiles } from './testing/data-files.ts';

describe('indexStore() on simulated stores', () => {
  const variants: [string, SimulateOptions][] = [
    ['responses in the event files', { observations: 3, seed: 4 }],
    [
      'one file of responses, an index folder',
      { observations: 3, sharedIrfs: true, indexDir: 'index/a', psf: 'psf_3gauss' },
    ],
    ['plain files, no background', { observations: 2, gzip: false, withoutHdus: ['bkg'] }],
  ];
  it.each(variants)('finds what the simulation has listed: %s', async (_, options) => {
    const directory = await tempDirectory();
    const store = await simulatedStore(directory, options);
    const folder = options.indexDir ?? '';
    const ending = options.gzip === false ? 'fits' : 'fits.gz';
    const [hduFile, obsFile] = ['hdu', 'obs'].map((kind) => join(directory, folder, `${kind}-index.${ending}`)) as [
      string,
      string,
    ];
    const [hdus, observations] = [await readRows(hduFile), await readRows(obsFile)];
    const result = await index(directory, { existing: 'replace' });
    expect(result).toMatchObject({ problems: [], datasets: [{ name: store.dataset, existed: true }] });
    expect(await readRows(hduFile)).toEqual(hdus);
    const made = await readRows(obsFile);
    expect(made).toHaveLength(observations.length);
    for (const [row, wanted] of observations.entries()) {
      const { DATE_OBS, TIME_OBS, DATE_END, TIME_END, QUALITY, BKG_SCALE, ONTIME, TMID, OFFSET_OBJ, ZEN_PNT, ...same } =
        wanted;
      expect(made[row]).toMatchObject(same);
      expect(made[row]).toMatchObject({ 'DATE-OBS': DATE_OBS, 'TIME-END': TIME_END, QUALITY: -1 });
      for (const [name, value] of Object.entries({ TMID, OFFSET_OBJ, ZEN_PNT })) {
        expect(made[row]?.[name], name).toBeCloseTo(Number(value), 7);
      }
    }
  });
});

describe('indexStore() and the layouts of producers', () => {
  it('takes responses from files of their own, by OBS_ID and by the number in their names', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, {
      'run000007/hess_events_000007.fits.gz': [events(7), gti()],
      'run000007/hess_aeff_2d_000007.fits': [response('aeff_2d')],
      'run000007/hess_psf_table_000007.fits': [response('psf_table')],
      'run000007/hess_psf_king_000007.fits': [response('psf_king')],
      'run000008/hess_events_000008.fits.gz': [events(8)],
      'run000008/gti_000008.fits.gz': [gti()],
      'irfs/x.fits': [response('edisp_2d', { cards: { OBS_ID: 7 } })],
      'irfs/y.fits': [response('edisp_2d', { cards: { OBS_ID: 8 } })],
    });
    expect((await index(directory)).problems).toEqual([]);
    expect(await hduRows(directory)).toEqual([
      '7 events run000007/hess_events_000007.fits.gz[EVENTS]',
      '7 gti run000007/hess_events_000007.fits.gz[GTI]',
      '7 aeff_2d run000007/hess_aeff_2d_000007.fits[AEFF]',
      '7 edisp_2d irfs/x.fits[EDISP]',
      '7 psf_king run000007/hess_psf_king_000007.fits[PSF]',
      '7 psf_table run000007/hess_psf_table_000007.fits[PSF]',
      '8 events run000008/hess_events_000008.fits.gz[EVENTS]',
      '8 gti run000008/gti_000008.fits.gz[GTI]',
      '8 edisp_2d irfs/y.fits[EDISP]',
    ]);
  });

  it('takes responses from a file of the same stem, else those near by that are not for others', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, {
      'night1/crab_a_events.fits': [events(1)],
      'night1/crab_a_irf.fits': [response('aeff_2d')],
      'night1/crab_b_events.fits': [events(2)],
      'night1/crab_b_irf.fits': [response('aeff_2d')],
      'night2/run3.fits': [events(3)],
      'night2/irfs/responses_v2.fits': [response('psf_king')],
      'calibration/psf_all.fits': [response('psf_table')],
    });
    const { problems } = await index(directory);
    expect(problems).toEqual([]);
    expect((await hduRows(directory)).filter((row) => !row.includes(' events '))).toEqual([
      '1 aeff_2d night1/crab_a_irf.fits[AEFF]',
      '1 psf_table calibration/psf_all.fits[PSF]',
      '2 aeff_2d night1/crab_b_irf.fits[AEFF]',
      '2 psf_table calibration/psf_all.fits[PSF]',
      '3 psf_king night2/irfs/responses_v2.fits[PSF]',
    ]);
  });

  it('takes what stands beside the only event list of a file, whatever OBS_ID it was made for', async () => {
    const directory = await tempDirectory();
    const aeff = response('aeff_2d', { cards: { OBS_ID: 1 } });
    await writeFiles(directory, {
      'a.fits': [events(1), gti(), aeff],
      'b.fits': [events(2), gti({ cards: { OBS_ID: 1 } }), aeff],
      'both.fits': [events(3, { name: 'A' }), events(4, { name: 'B' }), response('aeff_2d', { cards: { OBS_ID: 4 } })],
    });
    expect((await index(directory)).problems).toEqual([]);
    expect(await hduRows(directory)).toEqual([
      '1 events a.fits[EVENTS]',
      '1 gti a.fits[GTI]',
      '1 aeff_2d a.fits[AEFF]',
      '2 events b.fits[EVENTS]',
      '2 gti b.fits[GTI]',
      '2 aeff_2d b.fits[AEFF]',
      '3 events both.fits[A]',
      '4 events both.fits[B]',
      '4 aeff_2d both.fits[AEFF]',
    ]);
  });

  it('lists none of several responses that may be meant, and says so once', async () => {
    const directory = await tempDirectory();
    const both = { 'irfs/z20.fits': [response('aeff_2d')], 'irfs/z40.fits': [response('aeff_2d')] };
    await writeFiles(directory, { 'a.fits': [events(1)], 'b.fits': [events(2)], ...both });
    const { problems } = await index(directory);
    expect(problems).toEqual([
      'Observation 1 and 1 more: by its place the aeff may be that of any of 2 files ("irfs/z20.fits", "irfs/z40.fits").',
    ]);
    expect(await hduRows(directory)).toEqual(['1 events a.fits[EVENTS]', '2 events b.fits[EVENTS]']);
  });

  it('follows the cards CALDB and IRF, and says so when they lead nowhere', async () => {
    const directory = await tempDirectory();
    const cards = (irf: string) => ({ cards: { CALDB: '1dc', IRF: irf } });
    await writeFiles(directory, {
      'data/gps_1.fits': [events(1, cards('South_z20_50h')), gti()],
      'data/gps_2.fits': [events(2, cards('North_z40_5h')), gti()],
      'data/gps_3.fits': [events(3, cards('South_z60'))],
      'caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits': responses(),
      'caldb/data/cta/1dc/bcf/North_z40_5h/irf_file.fits.gz': responses(),
    });
    const { problems } = await index(directory);
    const rows = await hduRows(directory);
    expect(rows.filter((row) => row.startsWith('1 ')).slice(2)).toEqual([
      '1 aeff_2d caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits[AEFF]',
      '1 edisp_2d caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits[EDISP]',
      '1 psf_table caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits[PSF]',
      '1 bkg_2d caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits[BKG]',
    ]);
    expect(rows.filter((row) => row.includes('North_z40_5h/irf_file.fits.gz'))).toHaveLength(4);
    expect(rows.filter((row) => row.startsWith('3 '))).toEqual(['3 events data/gps_3.fits[EVENTS]']);
    expect(problems).toEqual([
      'Observation 3: CALDB "1dc" with IRF "South_z60" is not among the calibration files that were found.',
    ]);
    expect(await obsRows(directory)).toMatchObject([{ CALDB: '1dc', IRF: 'South_z20_50h' }, {}, {}]);
  });

  it('needs no HDUCLAS, and no EXTNAME', async () => {
    const directory = await tempDirectory();
    const bare = { classless: true, name: '' };
    const psf = ['psf_table', 'psf_3gauss', 'psf_king', 'bkg_3d', 'rad_max_2d'] as const;
    await writeFiles(directory, {
      'a.fits': [events(5, bare), gti(bare), ...responses(bare), ...psf.map((each) => response(each, bare))],
    });
    await index(directory);
    expect((await hduRows(directory)).map((row) => row.replace('5 ', '').replace('a.fits', ''))).toEqual([
      'events [1]',
      'gti [2]',
      'aeff_2d [3]',
      'edisp_2d [4]',
      'psf_table [5]',
      'psf_table [7]',
      'psf_3gauss [8]',
      'psf_king [9]',
      'bkg_2d [6]',
      'bkg_3d [10]',
      'rad_max_2d [11]',
    ]);
  });

  it('needs nothing but EXTNAME, as producers write it', async () => {
    const directory = await tempDirectory();
    const named = (name: string, columns: readonly string[] = ['DATA']) =>
      buildTable({ name, columns: columns.map((column) => ({ name: column, form: '1D', values: [1] })) });
    await writeFiles(directory, {
      'run_05029747_DL3.fits': [
        events(5029747, { classless: true }),
        named('GTI'),
        named('EFFECTIVE AREA'),
        named('ENERGY DISPERSION'),
        named('POINT SPREAD FUNCTION', ['SIGMA_1']),
        named('BACKGROUND', ['DETX_LO']),
        named('RAD_MAX'),
        named('MONITORING'),
      ],
      'fact/20131103103_dl3.fits': [
        events(20131103103, { classless: true }),
        named('EFFECTIVE_AREA'),
        named('ENERGY_DISPERSION'),
      ],
    });
    await index(directory);
    expect((await hduRows(directory)).map((row) => row.split(' ')[1])).toEqual([
      ...['events', 'gti', 'aeff_2d', 'edisp_2d', 'psf_3gauss', 'bkg_3d', 'rad_max_2d'],
      ...['events', 'aeff_2d', 'edisp_2d'],
    ]);
  });

  it('keeps apart what producers put into one file or beside it: classes of events, full and point-like, plain and gzip', async () => {
    const directory = await tempDirectory();
    // V2DL3 numbers the classes of events, and gives each response the OBS_ID.
    const classed = (number: number) => ({ cards: { EV_CLASS: number } });
    const own = (number: number) => ({ cards: { EV_CLASS: number, OBS_ID: 64080 } });
    await writeFiles(directory, {
      'cuts0/64080.fits.gz': [events(64080, classed(0)), gti(), response('aeff_2d', own(0))],
      'cuts1/64080.fits': [events(64080, classed(1)), gti(), response('aeff_2d', own(1))],
      'cuts1/64083.fits': [events(64083, classed(1)), gti(), response('psf_king', { cards: { OBS_ID: 64083 } })],
    });
    const { datasets, problems } = await index(directory, { name: 'veritas' });
    expect(problems).toEqual([]);
    expect(datasets.map(({ name, observations }) => [name, observations])).toEqual([
      ['veritas-0', 1],
      ['veritas-1', 2],
    ]);
    expect(await hduRows(directory, 'hdu-index-0.fits.gz')).toEqual([
      '64080 events cuts0/64080.fits.gz[EVENTS]',
      '64080 gti cuts0/64080.fits.gz[GTI]',
      '64080 aeff_2d cuts0/64080.fits.gz[AEFF]',
    ]);
    expect(await hduRows(directory, 'hdu-index-1.fits.gz')).toHaveLength(6);
  });

  it('takes no response over the field of view for one over the offset', async () => {
    const directory = await tempDirectory();
    const field = ['ENERG_LO', 'ENERG_HI', 'DETX_LO', 'DETX_HI', 'DETY_LO', 'DETY_HI', 'EFFAREA'];
    const columns = field.map((name) => ({ name, form: '1D', values: [1] }));
    await writeFiles(directory, { 'a.fits': [events(1), buildTable({ name: 'AEFF', columns })] });
    await index(directory);
    expect(await hduRows(directory)).toContain('1 aeff_3d a.fits[AEFF]');
  });

  it('reads files of lstchain, and takes over index files with its names of tables', async () => {
    const directory = await tempDirectory();
    const cuts = buildTable({ name: 'GH_CUTS', columns: [{ name: 'cut', form: '1D', values: [0.7] }] });
    const pointing = buildTable({
      name: 'POINTING',
      columns: ['TIME', 'RA_PNT', 'DEC_PNT'].map((name) => ({ name, form: '1D', values: [1] })),
      cards: [['HDUCLAS1', 'POINTING']],
    });
    const pointLike = { cards: { HDUCLAS3: 'POINT-LIKE' } };
    await writeFiles(directory, {
      'dl3_LST-1.Run02008.fits': [
        events(2008),
        gti(),
        pointing,
        response('aeff_2d', { ...pointLike, name: 'EFFECTIVE AREA' }),
        response('edisp_2d', { ...pointLike, name: 'ENERGY DISPERSION' }),
        cuts,
        response('rad_max_2d', { ...pointLike, name: 'RAD_MAX' }),
      ],
    });
    await index(directory);
    const rows = await hduRows(directory);
    expect(rows.map((row) => row.split(' ')[1])).toEqual([
      'events',
      'gti',
      'pointing',
      'aeff_2d',
      'edisp_2d',
      'rad_max_2d',
    ]);
    const [hdus, observations] = await Promise.all(
      ['hdu', 'obs'].map((kind) => readTables(join(directory, `${kind}-index.fits.gz`))),
    );
    for (const [table, name] of [
      [hdus?.[0], 'HDU INDEX'],
      [observations?.[0], 'OBS INDEX'],
    ] as const)
      table?.header.set('EXTNAME', name);
    await writeFiles(directory, { 'hdu-index.fits.gz': hdus ?? [], 'obs-index.fits.gz': observations ?? [] });
    expect((await index(directory, { existing: 'replace' })).files).toBe(3);
    expect(await hduRows(directory)).toEqual(rows);
  });

  it('reads files of V2DL3: HDUCLAS2 is PSF, and full-enclosure responses stand behind point-like ones', async () => {
    const directory = await tempDirectory();
    const point = { cards: { HDUCLAS3: 'POINT-LIKE' }, name: 'POINT-LIKE EFFECTIVE AREA' };
    await writeFiles(directory, {
      '64080.anasum.fits.gz': [
        events(64080),
        gti(),
        response('aeff_2d', point),
        response('aeff_2d', { name: 'FULL EFFECTIVE AREA' }),
        response('psf_table', { cards: { HDUCLAS2: 'PSF' }, name: 'PSF' }),
      ],
    });
    await index(directory);
    expect((await hduRows(directory)).slice(2)).toEqual([
      '64080 aeff_2d 64080.anasum.fits.gz[FULL EFFECTIVE AREA]',
      '64080 aeff_2d 64080.anasum.fits.gz[POINT-LIKE EFFECTIVE AREA]',
      '64080 psf_table 64080.anasum.fits.gz[PSF]',
    ]);
  });

  it.each([
    ['0.3', '0.3', '0.3'],
    ['v0.3', '0.3', '0.3'],
    ['0.2', '0.3', '0.2'],
    [undefined, '0.3', '0.2'],
  ])('holds to the version of the event lists: %s and %s make %s', async (one, other, wanted) => {
    const directory = await tempDirectory();
    const cards = (version: string | undefined) => ({
      cards: { HDUCLASS: 'GADF', ...(version !== undefined && { HDUVERS: version }) },
    });
    await writeFiles(directory, { 'a.fits': [events(1, cards(one))], 'b.fits': [events(2, cards(other))] });
    await index(directory);
    const [table] = await readTables(join(directory, 'obs-index.fits.gz'));
    expect(table?.header.get('HDUVERS')).toBe(wanted);
  });
});
