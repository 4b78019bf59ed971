import { asClause, IactError, mapConcurrently, redactUrls } from '../core/index.ts';
import { type DatasetEntry, HduFinder, type ObservationId, type RunList, resolveRuns } from '../gadf/index.ts';
import { LocalSource } from '../storage/index.ts';
import { publishTogether } from '../transfer/index.ts';
import { type BackgroundRequest, ObservationAssembly } from './assemble-observations.ts';
import { backgroundModelName, checkBackgroundSettings } from './gammalib/background-model.ts';
import { modelLibrary, modelName } from './gammalib/model-library.ts';
import { type ObservationDefinition, observationList } from './gammalib/observation-definition.ts';
import { formatXml, type XmlElement } from './gammalib/xml.ts';
import { openIndexAnnotations } from './index-annotations.ts';
import { type Hierarchies, inspectObservation } from './inspect-observation.ts';
import { isLocalPlace } from './local-place.ts';
import type { ObservationListEvent, ObservationListSummary } from './observation-list-events.ts';
import { findDataset, hduIndexOf, indexPath, readIndexFile, type Store } from './open-store.ts';
import { encodeText, type OutputFile, placeOf, prepareOutput } from './output-file.ts';
import { readModels } from './read-models.ts';

export interface ObservationListRequest {
  readonly store: Store;
  /** Name of the dataset. */
  readonly dataset: string;
  readonly runs: RunList;
  readonly hierarchies: Hierarchies;
  readonly background: BackgroundRequest;
  /** A model definition file whose models follow the background models. */
  readonly inputModels?: string | undefined;
  /** The observation definition file and the model definition file to write. */
  readonly observationFile: string;
  readonly modelFile: string;
  /** Whether files that exist are replaced; else they are kept as they are. */
  readonly overwrite: boolean;
  readonly onEvent?: (event: ObservationListEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Observations looked at together. */
const BATCH = 64;
/** More gain nothing on a local disk, and much on a mounted one. */
const LOOKS_AT_ONCE = 8;

/**
 * Makes what an analysis with ctools starts from: the list of the observations of a run list with their files, and a
 * background model for each.
 *
 * A run that the store has not, or not with all it takes, is left out, and told by an event. Both files are written when
 * all is done, each whole or not at all.
 *
 * @throws {IactError} with nothing written: `usage`, `not-found`, `bad-data`, `unsafe-path`, `unwritable`, `cancelled`.
 */
export async function makeObservationList(request: ObservationListRequest): Promise<ObservationListSummary> {
  const { background, inputModels, onEvent = () => undefined } = request;
  checkBackgroundSettings(background, []);
  const outputs = await prepareOutputs(request);
  const models = inputModels === undefined ? [] : await readModels(inputModels);
  const isHere = await isFolderHere(request.store);
  if (!isHere) remarkOnPlace(request, onEvent);
  const assembly = await assemble(request, onEvent);
  if (inputModels !== undefined) {
    refuseSameNames(assembly, models, inputModels);
    onEvent({ type: 'input-models', file: inputModels, names: models.map(modelName) });
  }
  const { observations, energiesTev } = assembly;
  if (isHere) remarkOnBrackets(observations, onEvent);
  const summary = { observations: observations.length, energiesTev };
  onEvent({ type: 'summary', ...summary });
  await save(
    outputs,
    { observations: observationList(observations), models: modelLibrary([...assembly.models, ...models]) },
    request,
  );
  for (const { content, file, exists } of outputs) {
    onEvent({ type: 'output', content, file, saved: request.overwrite || !exists });
  }
  return summary;
}

/** The tools that read the list open files of this machine only. */
async function isFolderHere({ source: { uri } }: Store): Promise<boolean> {
  return isLocalPlace(uri) && (await new LocalSource(uri).stat(''))?.kind === 'directory';
}

function remarkOnPlace(
  { store, observationFile }: ObservationListRequest,
  onEvent: (event: ObservationListEvent) => void,
): void {
  const what = `"${redactUrls(store.source.uri)}" is no folder of this machine, and ctools cannot open the files that "${observationFile}" names`;
  onEvent({ type: 'remark', message: `${what}. Copy the dataset with csiactcopy first.` });
}

/** Of a file name, gammalib takes whatever stands behind the first "[" for the name of an extension and a row filter. */
function remarkOnBrackets(
  observations: readonly ObservationDefinition[],
  onEvent: (event: ObservationListEvent) => void,
): void {
  const paths = observations.flatMap(({ events, aeff, psf, edisp, bkg }) =>
    [events, aeff, psf, edisp, bkg].map((file) => file.slice(0, Math.max(0, file.lastIndexOf('[')))),
  );
  const path = paths.find((each) => each.includes('['));
  if (path === undefined) return;
  const what = `ctools cannot open "${path}": it takes the first "[" for the end of the path`;
  onEvent({ type: 'remark', message: `${what}. Rename what has a "[" in its name, and make the list anew.` });
}

async function assemble(
  { store, dataset, runs, hierarchies, background, signal }: ObservationListRequest,
  onEvent: (event: ObservationListEvent) => void,
): Promise<ObservationAssembly> {
  const { source } = store;
  const entry = findDataset(store, dataset);
  const file = await readIndexFile(source, indexPath(store, entry, 'hdu'), 'HDU index file');
  const index = hduIndexOf(file);
  const ids = resolveRuns(runs, index.ids);
  const wanted = new Set(ids.filter((id) => id !== undefined));
  const finder = new HduFinder(index, wanted, file.uri);
  const annotations = await openAnnotations(store, entry, wanted, background, onEvent);
  const assembly = new ObservationAssembly(background, annotations, onEvent);
  onEvent({ type: 'runs', count: runs.entries.length });
  for (let start = 0; start < runs.entries.length; start += BATCH) {
    if (signal?.aborted) throw new IactError('cancelled', 'The making of the observation list was stopped.');
    const entries = runs.entries.slice(start, start + BATCH);
    const looked = await mapConcurrently(entries, LOOKS_AT_ONCE, async (each, position) => {
      const id = ids[start + position];
      return { entry: each, id, inspection: await inspectObservation(id, { source, finder, hierarchies, signal }) };
    });
    for (const each of looked) assembly.add(each);
  }
  return assembly;
}

async function openAnnotations(
  store: Store,
  entry: DatasetEntry,
  wanted: ReadonlySet<ObservationId>,
  { useScales }: BackgroundRequest,
  onEvent: (event: ObservationListEvent) => void,
): ReturnType<typeof openIndexAnnotations> {
  const annotations = await openIndexAnnotations(store, entry, wanted);
  if (useScales && annotations.fault !== undefined) {
    const fault = asClause(annotations.fault);
    onEvent({ type: 'remark', message: `There are no background scales: ${fault}.` });
  }
  return annotations;
}

interface NamedOutput extends OutputFile {
  readonly content: 'observations' | 'models';
}

async function prepareOutputs({ observationFile, modelFile, runs }: ObservationListRequest): Promise<NamedOutput[]> {
  const observations = await prepareOutput(observationFile);
  const models = await prepareOutput(modelFile);
  if (observations.place === models.place) {
    throw new IactError('usage', `Observations and models cannot both be written to "${modelFile}".`, {
      uri: modelFile,
    });
  }
  const runList = await placeOf(runs.uri);
  for (const { place, file } of [observations, models]) {
    if (place !== runList) continue;
    throw new IactError('usage', `"${file}" is the run list, and would be overwritten.`, { uri: file });
  }
  return [
    { ...observations, content: 'observations' },
    { ...models, content: 'models' },
  ];
}

function refuseSameNames({ observations }: ObservationAssembly, models: readonly XmlElement[], file: string): void {
  const names = new Map(observations.map(({ run }) => [backgroundModelName(run), run]));
  for (const name of models.map(modelName)) {
    const run = names.get(name);
    if (run === undefined) continue;
    const message = `The model "${name}" of "${file}" has the name of the background model of observation "${run}". Rename it.`;
    throw new IactError('bad-data', message, { uri: file });
  }
}

async function save(
  outputs: readonly NamedOutput[],
  roots: Readonly<Record<NamedOutput['content'], XmlElement>>,
  { overwrite }: ObservationListRequest,
): Promise<void> {
  const written = outputs.filter(({ exists }) => overwrite || !exists);
  await publishTogether(
    written.map(({ destination, path, attributes, content }) => ({
      destination,
      path,
      attributes,
      content: encodeText(formatXml(roots[content])),
    })),
  );
}
