import type { BackgroundType } from './gammalib/background-model.ts';
import type { EnergyRange } from './gammalib/spectrum.ts';

/** What the files of an observation are for. */
export type HduRole = 'events' | 'aeff' | 'psf' | 'edisp' | 'bkg';

/** The files of an observation as `path[HDU]`; empty for none. */
export type ObservationFiles = Readonly<Record<HduRole, string>>;

/** Why a run is not in the observation list. */
export type SkipReason =
  /** The HDU index names none, or it does not know the run at all. */
  | { readonly kind: 'not-indexed'; readonly role: HduRole }
  | { readonly kind: 'no-file'; readonly role: HduRole; readonly file: string }
  /** A file is broken, or the system does not let us read it. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** None of the wanted background models is possible. */
  | { readonly kind: 'no-background' }
  /** It stands in an earlier line of the run list. */
  | { readonly kind: 'repeated'; readonly line: number };

/** What the making of an observation list tells while it works, in this order; paths are as people shall see them. */
export type ObservationListEvent =
  | { readonly type: 'runs'; readonly count: number }
  | { readonly type: 'skipped'; readonly run: string; readonly reason: SkipReason }
  /** It has no energy dispersion, or no background, and goes without. */
  | { readonly type: 'without'; readonly run: string; readonly role: 'edisp' | 'bkg' }
  | { readonly type: 'fallback'; readonly run: string; readonly background: BackgroundType }
  /** A sentence about something that was put in the place of what is missing. */
  | { readonly type: 'remark'; readonly message: string }
  | {
      readonly type: 'appended';
      readonly run: string;
      readonly object: string;
      readonly files: ObservationFiles;
      /** Where the store has background scales and they are in use. */
      readonly backgroundScale: number | undefined;
    }
  | { readonly type: 'input-models'; readonly file: string; readonly names: readonly string[] }
  /** All runs are done; nothing is written yet. */
  | ({ readonly type: 'summary' } & ObservationListSummary)
  /** Both files are in place, or `saved` is false for the one that was kept as it was. */
  | {
      readonly type: 'output';
      readonly content: 'observations' | 'models';
      readonly file: string;
      readonly saved: boolean;
    };

export interface ObservationListSummary {
  /** Observations in the list. */
  readonly observations: number;
  /** From the lowest to the highest threshold of all observations that have thresholds, in TeV. */
  readonly energiesTev: EnergyRange | undefined;
}
