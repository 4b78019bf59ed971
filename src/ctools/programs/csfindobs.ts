import { IactError } from '../../core/index.ts';
import {
  findObservations,
  type ObservationIndex,
  type ObservationQuery,
  planSearch,
  prepareOutput,
  readObservationIndex,
  type SearchPlan,
  writeRunList,
} from '../../ops/index.ts';
import { NORMAL, TERSE } from '../log/index.ts';
import type { ProgramContext } from '../program.ts';
import { dataPath, joinPath } from './data-path.ts';
import { openDataStore } from './data-store.ts';
import { pythonFloat } from './python-text.ts';

/** csfindobs: writes a run list of the observations around a position, of a quality, and for which an expression holds. */
export async function csfindobs(context: ProgramContext): Promise<void> {
  const { params, log, warn } = context;
  // Questions come in this order.
  const masterFile = joinPath(await dataPath(context), await params.string('master_indx'));
  const dataset = await params.string('prodname');
  const near = await coneOf(params);
  const outfile = await params.filename('outfile');
  const maxQuality = await params.integer('min_qual');
  const where = await expressionOf(params);
  const clobber = await params.boolean('clobber');
  log.parameters();

  const index = await openIndex(masterFile, dataset, context);
  const output = await prepareOutput(outfile);
  log.header1(TERSE, 'Find observations');
  const plan = planSearch(index, { near, maxQuality, where, filesFrom: '' });
  for (const note of plan.notes) warn(note);
  log.value(NORMAL, 'Expression', evaluated(plan));
  const { ids } = await findObservations(index, plan);
  log.value(TERSE, 'Observations', ids.length);
  for (const [position, id] of ids.entries()) log.value(NORMAL, `Observation ${position + 1}`, id);

  log.header1(TERSE, 'Save runlist');
  if (output.exists && !clobber) {
    const remedy = 'Set clobber=yes to overwrite the file.';
    log.line(TERSE, `File "${outfile}" exists already, runlist not saved. ${remedy}\n`);
    return;
  }
  log.value(NORMAL, 'Runlist file', outfile);
  await writeRunList(output, ids);
}

type Params = ProgramContext['params'];

/** There is no cut in position unless all of it is given, and the radius is more than 0. */
async function coneOf(params: Params): Promise<ObservationQuery['near']> {
  for (const name of ['ra', 'dec', 'rad']) {
    if (!(await params.isValid(name))) return undefined;
  }
  const radiusDeg = await params.real('rad');
  const centre = { raDeg: await params.real('ra'), decDeg: await params.real('dec') };
  return radiusDeg > 0 ? { centre, radiusDeg } : undefined;
}

async function expressionOf(params: Params): Promise<string | undefined> {
  const text = await params.string('expression');
  return ['', 'NONE', 'INDEF'].includes(text.trim().toUpperCase()) ? undefined : text;
}

async function openIndex(masterFile: string, dataset: string, context: ProgramContext): Promise<ObservationIndex> {
  const store = await openDataStore(masterFile, dataset, context);
  try {
    return await readObservationIndex(store, dataset);
  } catch (error) {
    if (!(error instanceof IactError) || error.code !== 'not-found') throw error;
    const message = `Observation index file "${error.uri}[OBS_INDEX]" for FITS data store "${dataset}" not available.`;
    const remedy = 'Check your master index file or run csiactdata to get a list of available storage names.';
    throw new IactError('not-found', `${message} ${remedy}`, { cause: error });
  }
}

/** What is evaluated, as one row filter. */
function evaluated({ cone, maxQuality, query: { where } }: SearchPlan): string {
  const parts: string[] = [];
  if (cone !== undefined) {
    const [ra, dec, radius] = [cone.raDeg, cone.decDeg, cone.radiusDeg].map(pythonFloat);
    parts.push(`ANGSEP(${ra},${dec},RA_PNT,DEC_PNT)<=${radius}`);
  }
  if (maxQuality !== undefined) parts.push(`QUALITY<=${maxQuality}`);
  if (where !== undefined) parts.push(`(${where})`);
  return parts.length === 0 ? 'T' : parts.join('&&');
}
