import { type InitializedDataset, type InitResult, initStore } from '../ops/index.ts';
import { counted, formatBytes } from './quantity.ts';
import type { Session } from './session.ts';

export interface InitOptions {
  readonly name?: string;
  readonly force?: boolean;
}

export async function init(directory: string, options: InitOptions, { reporter }: Session): Promise<void> {
  const result = await initStore({
    directory,
    name: options.name,
    force: options.force ?? false,
    program: 'iact init',
  });
  for (const note of result.notes) reporter.warning(note);
  const { master, datasets, kept } = result;
  reporter.finish({
    command: 'init',
    data: { master, datasets: datasets.map(plainDataset), kept },
    lines: textOf(result),
  });
}

function plainDataset(dataset: InitializedDataset): object {
  const { name, hdu, obs, observations, ontimeSeconds, events, diskBytes, date } = dataset;
  return {
    name,
    hduIndex: hdu,
    obsIndex: obs,
    observations,
    ontimeSeconds: ontimeSeconds ?? null,
    events,
    sizeBytes: diskBytes,
    date,
  };
}

function* textOf({ master, datasets, kept }: InitResult): Generator<string, void> {
  yield `Wrote ${master}`;
  for (const { name, observations, ontimeSeconds, events, diskBytes } of datasets) {
    const time = ontimeSeconds === undefined ? 'times not known' : `${(ontimeSeconds / 3600).toFixed(2)} h`;
    yield `  ${name}: ${counted(observations, 'observation')}, ${time}, ${events} events, ${formatBytes(diskBytes)}`;
  }
  if (kept.length > 0) yield `  kept: ${kept.join(', ')}`;
}
