import { IactError } from '../core/index.ts';
import type { Header } from '../fits/index.ts';
import type { HduFinder, IndexedHdu, ObservationId } from '../gadf/index.ts';
import { findFile, type Source, type StoreFile } from '../storage/index.ts';
import type { EnergyRange } from './gammalib/spectrum.ts';
import type { HduRole, ObservationFiles, SkipReason } from './observation-list-events.ts';
import { type ReadHeader, readHeaders } from './read-headers.ts';

/** Which HDU_CLASS serves for a role: the first of the list that an observation has. */
export type Hierarchies = Readonly<Record<HduRole, readonly string[]>>;

/** What an analysis needs to know of an observation. */
export interface ObservationFacts {
  readonly files: ObservationFiles;
  /** Why an optional file that is there does not count, a sentence each. */
  readonly withoutBecause: Readonly<Partial<Record<HduRole, string>>>;
  /** OBJECT and TELESCOP of the event list; `undefined` where it has none. */
  readonly object: string | undefined;
  readonly telescope: string | undefined;
  /** TELESCOP of the effective area. */
  readonly responseTelescope: string | undefined;
  /**
   * Energies, in TeV, for which the effective area is said to be good.
   * @see GADF v0.3 aeff_2d, LO_THRES and HI_THRES
   */
  readonly thresholdsTev: EnergyRange | undefined;
  /** Why thresholds that are there do not count. */
  readonly thresholdFault: string | undefined;
}

export type Inspection = ObservationFacts | { readonly skip: SkipReason };

/** Where an observation is looked up. */
export interface InspectionContext {
  readonly source: Source;
  readonly finder: HduFinder;
  readonly hierarchies: Hierarchies;
  readonly signal: AbortSignal | undefined;
}

const REQUIRED = ['events', 'aeff', 'psf'] as const;
const OPTIONAL = ['edisp', 'bkg'] as const;

/**
 * Looks at the files of an observation, each up to the last header that is wanted. One that is broken or cannot be read is
 * a reason to do without the observation, or without what is optional in it.
 *
 * @param id `undefined` for a run that the store has not.
 * @throws {IactError} `unsafe-path`, naming the row of the index; `cancelled`.
 */
export async function inspectObservation(
  id: ObservationId | undefined,
  context: InspectionContext,
): Promise<Inspection> {
  const { source, finder, hierarchies } = context;
  const hdus = new Map<HduRole, IndexedHdu>();
  for (const role of [...REQUIRED, ...OPTIONAL]) {
    const hdu = id === undefined ? undefined : finder.find(id, hierarchies[role]);
    if (hdu !== undefined) hdus.set(role, hdu);
  }
  try {
    const located = new Map<HduRole, LocatedHdu>();
    for (const [role, hdu] of hdus) {
      const file = await findFile(source, hdu.path);
      if (file !== undefined) located.set(role, { hdu, file });
    }
    const skip = REQUIRED.map((role) => whyMissing(role, hdus, located, source)).find((reason) => reason !== undefined);
    if (skip !== undefined) return { skip };
    return await inspectLocated(located, context);
  } catch (error) {
    if (!(error instanceof IactError) || error.code === 'cancelled') throw error;
    return { skip: { kind: 'unreadable', message: error.message } };
  }
}

interface LocatedHdu {
  readonly hdu: IndexedHdu;
  readonly file: StoreFile;
}

function whyMissing(
  role: HduRole,
  hdus: ReadonlyMap<HduRole, IndexedHdu>,
  located: ReadonlyMap<HduRole, LocatedHdu>,
  source: Source,
): SkipReason | undefined {
  const hdu = hdus.get(role);
  if (hdu === undefined) return { kind: 'not-indexed', role };
  return located.has(role) ? undefined : { kind: 'no-file', role, file: shown(source, hdu) };
}

async function inspectLocated(
  located: ReadonlyMap<HduRole, LocatedHdu>,
  { source, signal }: InspectionContext,
): Promise<Inspection> {
  const headers = await headersOf(located, source, signal);
  const faults = new Map<HduRole, string>();
  for (const [role, header] of headers) {
    if (header instanceof IactError) faults.set(role, header.message);
  }
  const broken = REQUIRED.map((role) => faults.get(role)).find((message) => message !== undefined);
  if (broken !== undefined) return { skip: { kind: 'unreadable', message: broken } };
  const named = (role: HduRole): string => {
    const found = located.get(role);
    return found === undefined || faults.has(role) ? '' : shown(source, found.hdu);
  };
  return {
    files: {
      events: named('events'),
      aeff: named('aeff'),
      psf: named('psf'),
      edisp: named('edisp'),
      bkg: named('bkg'),
    },
    withoutBecause: Object.fromEntries(faults),
    ...factsOf(headers),
  };
}

function factsOf(headers: ReadonlyMap<HduRole, ReadHeader>): Omit<ObservationFacts, 'files' | 'withoutBecause'> {
  const [events, aeff] = [headers.get('events'), headers.get('aeff')].map((each) =>
    each instanceof IactError ? undefined : each,
  );
  return {
    object: textOf(events, 'OBJECT'),
    telescope: textOf(events, 'TELESCOP'),
    responseTelescope: textOf(aeff, 'TELESCOP'),
    ...thresholdsOf(aeff),
  };
}

/** Each file is read once, whatever HDUs of it are wanted. */
async function headersOf(
  located: ReadonlyMap<HduRole, LocatedHdu>,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<Map<HduRole, ReadHeader>> {
  const headers = new Map<HduRole, ReadHeader>();
  const files = new Map([...located.values()].map(({ file }) => [file.path, file]));
  for (const [path, file] of files) {
    const here = [...located].filter(([, each]) => each.file.path === path);
    const names = here.map(([, { hdu }]) => hdu.hduName);
    const found = await readHeaders(source, file, names, signal);
    for (const [position, [role]] of here.entries()) {
      const header = found[position];
      if (header !== undefined) headers.set(role, header);
    }
  }
  return headers;
}

function textOf(header: Header | undefined, keyword: string): string | undefined {
  const value = header?.get(keyword);
  return value === undefined ? undefined : String(value).trim();
}

function thresholdsOf(header: Header | undefined): Pick<ObservationFacts, 'thresholdsTev' | 'thresholdFault'> {
  const min = header?.get('LO_THRES');
  const max = header?.get('HI_THRES');
  if (min === undefined || max === undefined) return { thresholdsTev: undefined, thresholdFault: undefined };
  if (typeof min === 'number' && typeof max === 'number' && min > 0 && min < max) {
    return { thresholdsTev: { min, max }, thresholdFault: undefined };
  }
  const found = `LO_THRES is ${String(min)} and HI_THRES is ${String(max)}`;
  return { thresholdsTev: undefined, thresholdFault: `${found}, which are no limits of an energy range` };
}

/** `path[HDU]`, which gammalib and CFITSIO open. */
function shown(source: Source, { path, hduName }: IndexedHdu): string {
  return `${source.uriOf(path)}[${hduName}]`;
}
