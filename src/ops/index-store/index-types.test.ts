import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import { events, gti, hduRows, index, obsRows, response, responses, writeFiles } from './testing/data-files.ts';

const OWN_FILE = ['events', 'gti', 'aeff_2d', 'edisp_2d', 'psf_table', 'bkg_2d'];

describe('indexStore() and the types of events', () => {
  it('keeps several event types of an observation apart: a dataset for each', async () => {
    const directory = await tempDirectory();
    const typed = (type: string) => ({ cards: { EV_CLASS: 'NN', EVENT_TYPE: type } });
    await writeFiles(directory, {
      'events/crab_fHit5.fits.gz': [events(103, typed('fHit5')), gti()],
      'events/crab_fHit6.fits.gz': [events(103, typed('fHit6')), gti()],
      'irfs/PSF_NN_fHit5.fits': [response('psf_table')],
      'irfs/PSF_NN_fHit6.fits': [response('psf_table')],
      'irfs/edisp_5.fits': [response('edisp_2d', typed('fHit5'))],
      'irfs/edisp_6.fits': [response('edisp_2d', typed('fHit6'))],
      'irfs/bkg.fits': [response('bkg_2d')],
    });
    const { problems, datasets } = await index(directory, { name: 'hawc' });
    expect(problems).toEqual([]);
    expect(datasets.map(({ name, hdu, obs }) => [name, hdu, obs])).toEqual([
      ['hawc-NN-fHit5', 'hdu-index-NN-fHit5.fits.gz', 'obs-index-NN-fHit5.fits.gz'],
      ['hawc-NN-fHit6', 'hdu-index-NN-fHit6.fits.gz', 'obs-index-NN-fHit6.fits.gz'],
    ]);
    expect(await hduRows(directory, 'hdu-index-NN-fHit6.fits.gz')).toEqual([
      '103 events events/crab_fHit6.fits.gz[EVENTS]',
      '103 gti events/crab_fHit6.fits.gz[GTI]',
      '103 edisp_2d irfs/edisp_6.fits[EDISP]',
      '103 psf_table irfs/PSF_NN_fHit6.fits[PSF]',
      '103 bkg_2d irfs/bkg.fits[BKG]',
    ]);
    expect(await obsRows(directory, 'obs-index-NN-fHit5.fits.gz')).toMatchObject([
      { OBS_ID: 103, EVENT_TYPE: 'NN-fHit5' },
    ]);
    const again = await index(directory, { existing: 'replace', name: 'hawc' });
    expect(again.datasets.map(({ name }) => name)).toEqual(['hawc-NN-fHit5', 'hawc-NN-fHit6']);
    expect(again.problems).toEqual([]);
  });

  it('tells event types by the names of files that responses have, too, where no card does (HAWC)', async () => {
    const directory = await tempDirectory();
    const names = ['fHitbin5GP', 'fHitbin6GP', 'fHitbin5NN'];
    await writeFiles(directory, {
      ...Object.fromEntries(names.map((name) => [`events/EventList_Crab_${name}.fits.gz`, [events(103), gti()]])),
      ...Object.fromEntries(names.map((name) => [`irfs/PSFMap_Crab_${name}.fits.gz`, [response('psf_table')]])),
      ...Object.fromEntries(names.map((name) => [`bkg/BackgroundMap_Crab_${name}.fits`, [response('bkg_2d')]])),
      ...{ 'events/EventList_Mrk421_fHitbin6GP.fits.gz': [events(104), gti()] },
      ...{ 'irfs/PSFMap_Mrk421_fHitbin6GP.fits.gz': [response('psf_table')] },
      ...{ 'bkg/BackgroundMap_Mrk421_fHitbin6GP.fits': [response('bkg_2d')] },
    });
    const { problems, notes, datasets } = await index(directory, { name: 'hawc' });
    expect([problems, notes]).toEqual([[], []]);
    expect(datasets.map(({ name }) => name)).toEqual(['hawc-fHitbin5GP', 'hawc-fHitbin5NN', 'hawc-fHitbin6GP']);
    expect(await hduRows(directory, 'hdu-index-fHitbin6GP.fits.gz')).toEqual([
      '103 events events/EventList_Crab_fHitbin6GP.fits.gz[EVENTS]',
      '103 gti events/EventList_Crab_fHitbin6GP.fits.gz[GTI]',
      '103 psf_table irfs/PSFMap_Crab_fHitbin6GP.fits.gz[PSF]',
      '103 bkg_2d bkg/BackgroundMap_Crab_fHitbin6GP.fits[BKG]',
      '104 events events/EventList_Mrk421_fHitbin6GP.fits.gz[EVENTS]',
      '104 gti events/EventList_Mrk421_fHitbin6GP.fits.gz[GTI]',
      '104 psf_table irfs/PSFMap_Mrk421_fHitbin6GP.fits.gz[PSF]',
      '104 bkg_2d bkg/BackgroundMap_Mrk421_fHitbin6GP.fits[BKG]',
    ]);
  });

  it('finds responses by names where cards tell types in other words, and takes lists without responses for copies', async () => {
    const directory = await tempDirectory();
    const typed = (bin: number) => ({ cards: { EV_CLASS: 'GP', EV_TYPE: bin } });
    await writeFiles(directory, {
      'EventList_Crab_fHitbin5GP.fits': [events(103, typed(5))],
      'EventList_Crab_fHitbin6GP.fits': [events(103, typed(6))],
      'EventList_Crab_fHitbin6GP_v2.fits': [events(103, typed(6))],
      'PSFMap_Crab_fHitbin5GP.fits': [response('psf_table')],
      'PSFMap_Crab_fHitbin6GP.fits': [response('psf_table')],
    });
    const { problems, datasets } = await index(directory, { name: 'hawc' });
    expect(problems).toEqual([
      '"EventList_Crab_fHitbin6GP_v2.fits" holds observation 103 (GP-6) once more, which is in "EventList_Crab_fHitbin6GP.fits"; only the latter is listed.',
    ]);
    expect(datasets.map(({ name }) => name)).toEqual(['hawc-GP-5', 'hawc-GP-6']);
    expect(await hduRows(directory, 'hdu-index-GP-6.fits.gz')).toEqual([
      '103 events EventList_Crab_fHitbin6GP.fits[EVENTS]',
      '103 psf_table PSFMap_Crab_fHitbin6GP.fits[PSF]',
    ]);
  });

  it('takes a run that was processed again for a copy, and no word of its name for a type', async () => {
    const directory = await tempDirectory();
    const names = ['1004', '1005', '1005_v2', '1006'];
    await writeFiles(directory, {
      ...Object.fromEntries(names.map((name) => [`events_${name}.fits`, [events(Number.parseInt(name, 10))]])),
      ...Object.fromEntries(names.map((name) => [`irf_${name}.fits`, [response('aeff_2d')]])),
    });
    const { problems, datasets } = await index(directory, { name: 'all' });
    expect(problems[0]).toMatch(/"events_1005_v2.fits" holds observation 1005 once more/);
    expect(datasets.map(({ name }) => name)).toEqual(['all']);
    expect(await obsRows(directory)).toMatchObject([{ OBS_ID: 1004 }, { OBS_ID: 1005 }, { OBS_ID: 1006 }]);
  });

  it('does not take the number of an observation for a type that is a number', async () => {
    const directory = await tempDirectory();
    const lists = { '103_5': 103, '103_6': 103, '5': 5, run0006: 6, '104_5': 104 };
    await writeFiles(directory, {
      ...Object.fromEntries(Object.entries(lists).map(([name, id]) => [`events_${name}.fits`, [events(id)]])),
      ...Object.fromEntries(Object.keys(lists).map((name) => [`irf_${name}.fits`, [response('aeff_2d')]])),
    });
    const { datasets } = await index(directory, { name: 'all' });
    expect(datasets.map(({ name }) => name)).toEqual(['all-untyped', 'all-5', 'all-6']);
    expect((await obsRows(directory, 'obs-index-untyped.fits.gz')).map(({ OBS_ID }) => OBS_ID)).toEqual([5, 6]);
    expect((await obsRows(directory, 'obs-index-5.fits.gz')).map(({ OBS_ID }) => OBS_ID)).toEqual([103, 104]);
  });

  it('tells two event lists of one file by the names of their HDUs', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, {
      'a.fits': [events(1, { name: 'EVENTS_GOLD' }), events(1, { name: 'EVENTS_SILVER' }), ...responses()],
    });
    const { datasets } = await index(directory, { name: 'a' });
    expect(datasets.map(({ name }) => name)).toEqual(['a-EVENTS_GOLD', 'a-EVENTS_SILVER']);
    expect((await hduRows(directory, 'hdu-index-EVENTS_SILVER.fits.gz')).map((row) => row.split(' ')[1])).toEqual(
      OWN_FILE.filter((each) => each !== 'gti'),
    );
  });
});
