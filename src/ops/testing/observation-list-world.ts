import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { observationStore, type TestObservation } from '../../../test/support/observation-store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { ColumnSpec } from '../../fits/index.ts';
import { parseRunList } from '../../gadf/index.ts';
import { makeObservationList, type ObservationListRequest } from '../make-observation-list.ts';
import type { ObservationListEvent } from '../observation-list-events.ts';
import { openStore } from '../open-store.ts';

type Index = { ids?: readonly number[]; columns?: readonly ColumnSpec[] };

/** A folder with a store, and a way to make lists of it. */
export interface ListWorld {
  readonly folder: string;
  /** Path of a name in the folder. */
  at(name: string): string;
  /** Makes the lists of these runs; what was told of it by kind. */
  make(
    runs: string,
    change?: Partial<ObservationListRequest>,
  ): Promise<{
    summary: Awaited<ReturnType<typeof makeObservationList>>;
    events: ObservationListEvent[];
    messages: string[];
    skipped: unknown[][];
  }>;
  text(name: string): Promise<string>;
}

export async function world(observations: readonly TestObservation[], index: Index = {}): Promise<ListWorld> {
  const folder = await tempDirectory();
  await observationStore(join(folder, 'store'), observations, index);
  const at = (name: string) => join(folder, name);
  const make = async (runs: string, change: Partial<ObservationListRequest> = {}) => {
    const events: ObservationListEvent[] = [];
    const summary = await makeObservationList({
      store: change.store ?? (await openStore(at('store/master.json'))),
      dataset: 'test',
      runs: parseRunList(runs, at('runs.lis'), { mayBeEmpty: true }),
      hierarchies: {
        events: ['events'],
        aeff: ['aeff_2d'],
        psf: ['psf_king', 'psf_3gauss', 'psf_table'],
        edisp: ['edisp_2d'],
        bkg: ['bkg_3d'],
      },
      background: BACKGROUND,
      observationFile: at('obs.xml'),
      modelFile: at('models.xml'),
      overwrite: true,
      onEvent: (event) => events.push(event),
      ...change,
    });
    const messages = events.flatMap((event) => (event.type === 'remark' ? [event.message] : []));
    const skipped = events.flatMap((event) => (event.type === 'skipped' ? [[event.run, event.reason]] : []));
    return { summary, events, messages, skipped };
  };
  const text = (name: string) => readFile(at(name), 'utf8');
  return { folder, at, make, text };
}

export const BACKGROUND: ObservationListRequest['background'] = {
  types: ['irf', 'aeff', 'gauss'],
  useScales: true,
  freeParameters: 1,
  aeff: { norm: 1e-14, index: -2 },
  gauss: { norm: 1e-8, index: -2, sigma: 2.5 },
  rangeFactor: 100,
};
