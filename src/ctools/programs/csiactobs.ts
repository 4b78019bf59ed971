import { makeObservationList, type ObservationListRequest, readRunList } from '../../ops/index.ts';
import type { ProgramContext } from '../program.ts';
import { dataPath, joinPath } from './data-path.ts';
import { openDataStore } from './data-store.ts';
import { ObservationListLog } from './observation-list-log.ts';

/** csiactobs: writes the observation definition and the background models of the runs of a run list. */
export async function csiactobs(context: ProgramContext): Promise<void> {
  const { params, log, signal, warn } = context;
  // Questions come in this order; a run list that is not there ends the program before the others.
  const masterFile = joinPath(await dataPath(context), await params.string('master_indx'));
  const dataset = await params.string('prodname');
  const runs = await readRunList(await params.filename('infile'), { mayBeEmpty: true, signal });
  const background = await backgroundRequest(context);
  const modelFile = await params.filename('outmodel');
  const observationFile = await params.filename('outobs');
  const settings = await listSettings(context);
  log.parameters();
  const observationLog = new ObservationListLog({ log, warn });
  await makeObservationList({
    store: await openDataStore(masterFile, dataset, context),
    dataset,
    runs,
    background,
    modelFile,
    observationFile,
    ...settings,
    signal,
    onEvent: (event) => observationLog.event(event),
  });
}

async function backgroundRequest({ params }: ProgramContext): Promise<ObservationListRequest['background']> {
  return {
    freeParameters: await params.integer('bkgpars'),
    types: await words(params, 'bkg_mod_hiera'),
    useScales: await params.boolean('bkg_scale'),
    aeff: { norm: await params.real('bkg_aeff_norm'), index: await params.real('bkg_aeff_index') },
    gauss: {
      norm: await params.real('bkg_gauss_norm'),
      index: await params.real('bkg_gauss_index'),
      sigma: await params.real('bkg_gauss_sigma'),
    },
    rangeFactor: await params.real('bkg_range_factor'),
  };
}

async function listSettings({
  params,
}: ProgramContext): Promise<Pick<ObservationListRequest, 'hierarchies' | 'inputModels' | 'overwrite'>> {
  return {
    hierarchies: {
      events: await words(params, 'ev_hiera'),
      aeff: await words(params, 'aeff_hiera'),
      psf: await words(params, 'psf_hiera'),
      edisp: await words(params, 'edisp_hiera'),
      bkg: await words(params, 'bkg_hiera'),
    },
    inputModels: (await params.isValid('inmodel')) ? await params.filename('inmodel') : undefined,
    overwrite: await params.boolean('clobber'),
  };
}

/** A hierarchy: words between bars, the best first. */
async function words(params: ProgramContext['params'], name: string): Promise<string[]> {
  const text = await params.string(name);
  return text
    .split('|')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
