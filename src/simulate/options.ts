import { IactError } from '../core/index.ts';
import type { BackgroundClass } from './background.ts';
import type { HduType } from './index-tables.ts';
import type { PsfClass } from './irfs.ts';

/** What store to simulate. Only the number of observations has no default. */
export interface SimulateOptions {
  /** 1 … 1 000 000. */
  observations: number;
  /** An integer in 0 … 2^53 − 1; the same options give the same bytes. Default 1. */
  seed?: number | undefined;
  /** The name of the dataset, which data files begin with; letters, digits and `._+-`. Default `simulated`. */
  name?: string | undefined;
  /** Write no data files, only their index. Default false. */
  indexOnly?: boolean | undefined;
  /** Let the names of FITS files end in `.gz`; compressing them is left to the caller. Default true. */
  gzip?: boolean | undefined;
  /** No run number is smaller. An integer in 0 … 2 000 000 000. Default 100000. */
  firstObsId?: number | undefined;
  /** About how many events a run has, by the size of the telescopes; fluxes stay as they are. Default 2000. */
  eventsPerObservation?: number | undefined;
  /** Put one response for all observations in a file of its own, instead of one in each data file. Default false. */
  sharedIrfs?: boolean | undefined;
  /** Default `psf_table`. */
  psf?: PsfClass | undefined;
  /** Default `bkg_3d`. */
  background?: BackgroundClass | undefined;
  /** A folder for the two index files, POSIX and relative to the store. Default: the store's own. */
  indexDir?: string | undefined;
  /** HDU types that are neither written nor indexed. */
  withoutHdus?: readonly HduType[] | undefined;
  /** Positions (from 0) of observations that have no event at all. */
  emptyObservations?: readonly number[] | undefined;
  /** Positions (from 0) of observations whose data file is in the index but not among the files. */
  absentFiles?: readonly number[] | undefined;
}

/** {@link SimulateOptions} with nothing left open. */
export type SimulateSettings = { [K in keyof SimulateOptions]-?: NonNullable<SimulateOptions[K]> };

/** The options with their defaults. @throws IactError `usage` naming the first that is out of range */
export function settle(options: SimulateOptions): SimulateSettings {
  const settings: SimulateSettings = {
    observations: options.observations,
    seed: options.seed ?? 1,
    name: options.name ?? 'simulated',
    indexOnly: options.indexOnly ?? false,
    gzip: options.gzip ?? true,
    firstObsId: options.firstObsId ?? 100000,
    eventsPerObservation: options.eventsPerObservation ?? 2000,
    sharedIrfs: options.sharedIrfs ?? false,
    psf: options.psf ?? 'psf_table',
    background: options.background ?? 'bkg_3d',
    indexDir: options.indexDir ?? '',
    withoutHdus: options.withoutHdus ?? [],
    emptyObservations: options.emptyObservations ?? [],
    absentFiles: options.absentFiles ?? [],
  };
  requireInteger('number of observations', settings.observations, 1, 1_000_000);
  requireInteger('seed', settings.seed, 0, Number.MAX_SAFE_INTEGER);
  requireInteger('first observation ID', settings.firstObsId, 0, 2_000_000_000);
  const { eventsPerObservation: events } = settings;
  if (!(events > 0 && events <= 1e7)) refuse('number of events per observation', String(events), 'above 0, up to 1e7');
  requireSafeName('dataset name', settings.name);
  for (const part of settings.indexDir === '' ? [] : settings.indexDir.split('/'))
    requireSafeName('index folder', part);
  return settings;
}

function requireInteger(what: string, value: number, low: number, high: number): void {
  if (!Number.isSafeInteger(value) || value < low || value > high) {
    refuse(what, String(value), `an integer from ${low} to ${high}`);
  }
}

function requireSafeName(what: string, name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(name)) {
    refuse(what, name, 'a letter or digit, then letters, digits and "._+-"');
  }
}

function refuse(what: string, found: string, needed: string): never {
  throw new IactError('usage', `Cannot simulate a store: the ${what} is "${found}", needed is ${needed}.`);
}
