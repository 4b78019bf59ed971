import { type SimulateRequest, writeSimulatedStore } from '../ops/index.ts';
import { counted } from './quantity.ts';
import type { Session } from './session.ts';

export interface SimulateOptions {
  readonly observations: number;
  readonly seed?: number;
  readonly name?: string;
  readonly firstObsId?: number;
  readonly events?: number;
  readonly indexOnly?: boolean;
  readonly sharedIrfs?: boolean;
  readonly gzip: boolean;
  readonly psf?: NonNullable<SimulateRequest['psf']>;
  readonly background?: NonNullable<SimulateRequest['background']>;
}

const INDEX_FILES = 2;

export async function simulate(directory: string, options: SimulateOptions, session: Session): Promise<void> {
  const { reporter, signal } = session;
  const { observations, indexOnly = false, sharedIrfs = false } = options;
  reporter.progress({ type: 'phase', name: 'Simulating' });
  const files = (indexOnly ? 0 : observations + (sharedIrfs ? 1 : 0)) + INDEX_FILES;
  reporter.progress({ type: 'plan', files, bytes: 0 });
  const store = await writeSimulatedStore({
    ...requestOf(options),
    directory,
    program: 'iact simulate',
    signal,
    onFile: (path) => reporter.progress({ type: 'file', path, outcome: 'written', bytes: 0 }),
  });
  const total = store.truth.observations.reduce((sum, { source, background }) => sum + source + background, 0);
  reporter.finish({
    command: 'simulate',
    data: { directory, dataset: store.name, observations, events: total },
    lines: [
      `Wrote ${directory}: dataset ${store.name}, ${counted(observations, 'observation')}, ${counted(total, 'event')}`,
    ],
  });
}

/** What the options ask for; the options of all commands are no part of it. */
function requestOf(options: SimulateOptions): Omit<SimulateRequest, 'directory' | 'program'> {
  const { observations, seed, name, firstObsId, events, indexOnly, sharedIrfs, gzip, psf, background } = options;
  return {
    observations,
    seed,
    name,
    firstObsId,
    eventsPerObservation: events,
    indexOnly,
    sharedIrfs,
    gzip,
    psf,
    background,
  };
}
