import { type BinTable, type HduOutput, primaryHeader, setChecksum, writeFits } from '../fits/index.ts';
import { makeEventsTable, makeGoodTimeTable } from './event-hdus.ts';
import { type EventCounts, EventSimulator, keyOf, remember } from './events.ts';
import { type HduType, type IndexedHdu, makeHduIndex, makeObservationIndex } from './index-tables.ts';
import { makeResponseHdu, makeResponseTables, type ResponseTable } from './irfs.ts';
import { type SimulateOptions, type SimulateSettings, settle } from './options.ts';
import { type ResponseConditions, zenithBandDeg } from './response.ts';
import { type Observation, planObservations } from './schedule.ts';
import { makeTruth, type SimulationTruth } from './truth.ts';

/** A FITS file of the store. */
export interface SimulatedFile {
  /** POSIX, relative to the store; ends in `.gz` when the bytes are meant to be compressed. */
  path: string;
  /** The FITS bytes, never compressed; the same on every call. */
  bytes(): Iterable<Uint8Array>;
}

/** A master index as `master.json` holds it. @see GADF v0.3 data storage; ctools csiactdata */
export interface MasterIndex {
  datasets: Record<string, string | number>[];
}

/** A store that was simulated but not yet written. */
export interface SimulatedStore {
  name: string;
  /** The content of `master.json`. */
  master: MasterIndex;
  /** Made anew at every access. */
  readonly truth: SimulationTruth;
  hduIndex: BinTable;
  obsIndex: BinTable;
  /** Event files and responses, made one at a time as they are asked for. */
  files(): Iterable<SimulatedFile>;
  /** The HDU index and the observation index, in the order in which they should be written, after {@link files}. */
  indexFiles(): readonly SimulatedFile[];
}

/** What a run has without scaling, as the mean over many observations. */
const NOMINAL_EVENTS = 1450;

/** The zenith angle of the response that all observations share. */
const SHARED_ZENITH_DEG = 22.5;

const DATA_DIR = 'data';

/**
 * Simulates a store of observations of a few sources with known truth in GADF v0.3. Portable and without I/O: the
 * caller writes {@link SimulatedStore.files}, then the index files, then the master index.
 *
 * The same options give the same bytes, and an observation is the same in a smaller and a larger store. (Between
 * JavaScript engines the last digit of a number may differ, where their `Math.exp` and the like do.)
 *
 * @throws IactError `usage` if an option is out of range
 */
export function simulateStore(options: SimulateOptions): SimulatedStore {
  const settings = settle(options);
  const observations = planObservations(settings.observations, settings.seed, settings.firstObsId);
  const simulator = new EventSimulator(settings.seed, settings.background);
  const empty = new Set(settings.emptyObservations);
  const counts = observations.map((observation) =>
    empty.has(observation.position) ? NO_EVENTS : simulator.counts(observation, conditionsOf(observation, settings)),
  );
  const eventCounts = counts.map(({ source, background }) => source + background);
  const hduIndex = makeHduIndex(observations, indexedHdus(observations, settings));
  const obsIndex = makeObservationIndex(observations, eventCounts);
  const index = (kind: string): string => joinPath(settings.indexDir, fileName(`${kind}-index`, settings));
  return {
    name: settings.name,
    master: {
      datasets: [
        {
          name: settings.name,
          hduindx: index('hdu'),
          obsindx: index('obs'),
          'Total observations': observations.length,
          'Total events': eventCounts.reduce((sum, count) => sum + count, 0),
        },
      ],
    },
    get truth() {
      return makeTruth(settings, observations, counts);
    },
    hduIndex,
    obsIndex,
    files: () => (settings.indexOnly ? [] : dataFiles(settings, observations, counts, simulator)),
    indexFiles: () => [
      { path: index('hdu'), bytes: () => fitsBytes([hduIndex]) },
      { path: index('obs'), bytes: () => fitsBytes([obsIndex]) },
    ],
  };
}

const NO_EVENTS: EventCounts = { expectedSource: 0, expectedBackground: 0, source: 0, background: 0 };

/** The response of an observation. */
function conditionsOf({ horizon, telescopes }: Observation, settings: SimulateSettings): ResponseConditions {
  const scale = settings.eventsPerObservation / NOMINAL_EVENTS;
  if (settings.sharedIrfs) return { zenithDeg: SHARED_ZENITH_DEG, telescopes: 4, scale };
  return { zenithDeg: zenithBandDeg(90 - horizon.altDeg), telescopes: telescopes.length, scale };
}

function* dataFiles(
  settings: SimulateSettings,
  observations: readonly Observation[],
  counts: readonly EventCounts[],
  simulator: EventSimulator,
): Generator<SimulatedFile> {
  const without = new Set<HduType>(settings.withoutHdus);
  const absent = new Set(settings.absentFiles);
  const known = new Map<string, ResponseTable[]>();
  const responses = (conditions: ResponseConditions): ResponseTable[] =>
    remember(known, keyOf(conditions), () =>
      makeResponseTables(conditions, settings.psf, settings.background).filter(
        ({ name }) => !without.has(typeOf(name)),
      ),
    );
  for (const [i, observation] of observations.entries()) {
    if (absent.has(i)) continue;
    const conditions = conditionsOf(observation, settings);
    const tables = function* (): Generator<BinTable> {
      const events = simulator.events(observation, conditions, counts[i] ?? NO_EVENTS);
      if (!without.has('events')) yield makeEventsTable(observation, events);
      if (!without.has('gti')) yield makeGoodTimeTable(observation);
      if (settings.sharedIrfs) return;
      const cards = [['OBS_ID', observation.obsId, 'observation (run) number']] as const;
      for (const table of responses(conditions)) yield makeResponseHdu(table, conditions, cards);
    };
    yield { path: `${DATA_DIR}/${dataFileName(observation, settings)}`, bytes: () => fitsBytes([...tables()]) };
  }
  const [first] = observations;
  if (!settings.sharedIrfs || first === undefined) return;
  const conditions = conditionsOf(first, settings);
  yield {
    path: `${DATA_DIR}/${sharedFileName(settings)}`,
    bytes: () => fitsBytes(responses(conditions).map((table) => makeResponseHdu(table, conditions, []))),
  };
}

/** The rows that every observation has in the HDU index. */
function indexedHdus(observations: readonly Observation[], settings: SimulateSettings): IndexedHdu[] {
  const up = settings.indexDir === '' ? '' : '../'.repeat(settings.indexDir.split('/').length);
  const shared = sharedFileName(settings);
  // Six rows name the same file: one string serves them all.
  const names = observations.map((observation) => dataFileName(observation, settings));
  const own = ({ position }: Observation): string => names[position] ?? '';
  const classes: Record<HduType, string> = {
    events: 'events',
    gti: 'gti',
    aeff: 'aeff_2d',
    edisp: 'edisp_2d',
    psf: settings.psf,
    bkg: settings.background,
  };
  return (Object.keys(classes) as HduType[])
    .filter((type) => !settings.withoutHdus.includes(type))
    .map((type) => ({
      type,
      hduClass: classes[type],
      hduName: type.toUpperCase(),
      fileDir: `${up}${DATA_DIR}`,
      fileName: settings.sharedIrfs && type !== 'events' && type !== 'gti' ? () => shared : own,
    }));
}

function typeOf(name: ResponseTable['name']): HduType {
  return name.toLowerCase() as Lowercase<ResponseTable['name']>;
}

function dataFileName({ obsId }: Observation, settings: SimulateSettings): string {
  return fileName(`${settings.name}_obs_id_${String(obsId).padStart(6, '0')}`, settings);
}

function sharedFileName(settings: SimulateSettings): string {
  return fileName(`${settings.name}_irfs`, settings);
}

function fileName(stem: string, settings: SimulateSettings): string {
  return `${stem}.fits${settings.gzip ? '.gz' : ''}`;
}

function joinPath(dir: string, name: string): string {
  return dir === '' ? name : `${dir}/${name}`;
}

/** A file of these tables behind an empty primary HDU, with checksums. */
function fitsBytes(tables: readonly BinTable[]): Iterable<Uint8Array> {
  const hdus: HduOutput[] = [{ header: primaryHeader() }, ...tables.map((table) => table.toOutput())];
  for (const hdu of hdus) setChecksum(hdu);
  return writeFits(hdus);
}
