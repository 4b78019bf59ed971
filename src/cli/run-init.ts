import { type InitResult, initStore } from '../ops/index.ts';
import { datasetLine, datasetRecord } from './dataset-line.ts';
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
    data: { master, datasets: datasets.map((dataset) => ({ ...datasetRecord(dataset), date: dataset.date })), kept },
    lines: textOf(result),
  });
}

function* textOf({ master, datasets, kept }: InitResult): Generator<string, void> {
  yield `Wrote ${master}`;
  for (const dataset of datasets) yield `  ${datasetLine(dataset)}`;
  if (kept.length > 0) yield `  kept: ${kept.join(', ')}`;
}
