import { asClause, IactError } from '../core/index.ts';
import type { ObservationId, RunListEntry } from '../gadf/index.ts';
import {
  type BackgroundSettings,
  type BackgroundType,
  backgroundModelElement,
  checkBackgroundSettings,
  isBackgroundType,
} from './gammalib/background-model.ts';
import type { ObservationDefinition } from './gammalib/observation-definition.ts';
import type { EnergyRange } from './gammalib/spectrum.ts';
import type { XmlElement } from './gammalib/xml.ts';
import type { IndexAnnotations } from './index-annotations.ts';
import type { Inspection, ObservationFacts } from './inspect-observation.ts';
import type { ObservationListEvent } from './observation-list-events.ts';

/** How background models are to be made. */
export interface BackgroundRequest extends BackgroundSettings {
  /** Types of background model, best first; `irf` is passed over for an observation without a background. */
  readonly types: readonly string[];
  /** Whether the scales of the observation index (BKG_SCALE) count. */
  readonly useScales: boolean;
}

/** A run of a run list, looked up. */
export interface InspectedRun {
  readonly entry: RunListEntry;
  /** `undefined` for a run that the store has not. */
  readonly id: ObservationId | undefined;
  readonly inspection: Inspection;
}

/** Where a node function lies for an observation without thresholds. */
const DEFAULT_ENERGIES_TEV: EnergyRange = { min: 0.01, max: 100 };

/** Puts observation by observation, in the order of the run list, into the two files. */
export class ObservationAssembly {
  readonly observations: ObservationDefinition[] = [];
  readonly models: XmlElement[] = [];
  /** From the lowest to the highest threshold so far. */
  energiesTev: EnergyRange | undefined;
  private readonly background: BackgroundRequest;
  private readonly annotations: IndexAnnotations;
  private readonly onEvent: (event: ObservationListEvent) => void;
  private readonly lines = new Map<ObservationId, number>();
  private readonly checked = new Set<BackgroundType>();

  constructor(
    background: BackgroundRequest,
    annotations: IndexAnnotations,
    onEvent: (event: ObservationListEvent) => void,
  ) {
    this.background = background;
    this.annotations = annotations;
    this.onEvent = onEvent;
  }

  /** @throws {IactError} `usage` for settings that make no valid model; `bad-data` for a scale that makes none. */
  add({ entry, id, inspection }: InspectedRun): void {
    const run = entry.text;
    const key = id ?? entry.value ?? run;
    const line = this.lines.get(key);
    if (line !== undefined) {
      this.onEvent({ type: 'skipped', run, reason: { kind: 'repeated', line } });
      return;
    }
    this.lines.set(key, entry.line);
    if ('skip' in inspection) this.onEvent({ type: 'skipped', run, reason: inspection.skip });
    else if (id !== undefined) this.append(run, id, inspection);
  }

  private append(run: string, id: ObservationId, facts: ObservationFacts): void {
    const { files, thresholdsTev, withoutBecause } = facts;
    for (const fault of Object.values(withoutBecause)) this.remark(run, `it goes without a file: ${asClause(fault)}`);
    const type = this.backgroundType(run, facts);
    if (type === undefined) {
      this.onEvent({ type: 'skipped', run, reason: { kind: 'no-background' } });
      return;
    }
    const object = facts.object ?? this.substituteObject(run, id);
    const instrument = facts.telescope ?? this.substituteTelescope(run, facts);
    const scaled = this.background.useScales && this.annotations.hasScales;
    const scale = scaled ? this.scaleOf(run, id) : 1;
    if (facts.thresholdFault !== undefined) {
      const { min, max } = DEFAULT_ENERGIES_TEV;
      this.remark(run, `in its effective area, ${facts.thresholdFault}; ${min} to ${max} TeV are taken`);
    }
    const energiesTev = thresholdsTev ?? DEFAULT_ENERGIES_TEV;
    this.models.push(backgroundModelElement({ type, run, instrument, scale, energiesTev }, this.background));
    this.observations.push({ name: object, run, instrument, ...files });
    this.energiesTev = union(this.energiesTev, thresholdsTev);
    this.onEvent({ type: 'appended', run, object, files, backgroundScale: scaled ? scale : undefined });
  }

  /** The first type that the observation allows; `undefined` for none. */
  private backgroundType(run: string, { files }: ObservationFacts): BackgroundType | undefined {
    if (files.edisp === '') this.onEvent({ type: 'without', run, role: 'edisp' });
    const hasBackground = files.bkg !== '';
    if (!hasBackground) this.onEvent({ type: 'without', run, role: 'bkg' });
    const word = this.background.types.find((each) => hasBackground || each !== 'irf');
    if (word === undefined) return undefined;
    if (!isBackgroundType(word)) {
      throw new IactError('usage', `Background type "${word}" unsupported. Choose among irf, aeff and gauss.`);
    }
    if (!this.checked.has(word)) checkBackgroundSettings(this.background, [word]);
    this.checked.add(word);
    if (!hasBackground) this.onEvent({ type: 'fallback', run, background: word });
    return word;
  }

  private substituteObject(run: string, id: ObservationId): string {
    const object = this.annotations.objectOf(id);
    const taken = object === undefined ? 'the name stays empty' : `"${object}" of the observation index is taken`;
    this.remark(run, `its event list has no keyword OBJECT; ${taken}`);
    return object ?? '';
  }

  private substituteTelescope(run: string, { responseTelescope }: ObservationFacts): string {
    const taken =
      responseTelescope === undefined
        ? 'the instrument stays empty, and must be filled in before an analysis'
        : `"${responseTelescope}" of the effective area is taken`;
    this.remark(run, `its event list has no keyword TELESCOP; ${taken}`);
    return responseTelescope ?? '';
  }

  private scaleOf(run: string, id: ObservationId): number {
    const scale = this.annotations.scaleOf(id);
    if (scale !== undefined && scale >= 0 && Number.isFinite(scale)) return scale;
    const found = scale === undefined ? 'the observation index does not list it' : `its BKG_SCALE is ${scale}`;
    this.remark(run, `${found}; the background scale is taken as 1`);
    return 1;
  }

  private remark(run: string, what: string): void {
    this.onEvent({ type: 'remark', message: `Observation "${run}": ${what}.` });
  }
}

function union(first: EnergyRange | undefined, second: EnergyRange | undefined): EnergyRange | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return { min: Math.min(first.min, second.min), max: Math.max(first.max, second.max) };
}
