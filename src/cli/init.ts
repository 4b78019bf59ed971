import { Command } from 'commander';
import { type InitializedDataset, type InitResult, initStore } from '../ops/index.ts';
import { formatBytes } from './quantity.ts';
import type { SessionHost } from './session.ts';

interface InitOptions {
  readonly name?: string;
  readonly force?: boolean;
}

/** `iact init DIR` */
export function initCommand(host: SessionHost): Command {
  return new Command('init')
    .description('Write the master.json of a store from what its index files and event lists hold.')
    .argument('<dir>', 'root of the store; index files are looked for in all folders below it')
    .option('--name <name>', 'name of the dataset (default: the name of the folder)')
    .option('--force', 'bring an existing master.json up to date; entries for other index files stay as they are')
    .action(async (directory: string, options: InitOptions, self: Command) => {
      const { reporter } = host.open(self);
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
    yield `  ${name}: ${observations} observations, ${time}, ${events} events, ${formatBytes(diskBytes)}`;
  }
  if (kept.length > 0) yield `  kept: ${kept.join(', ')}`;
}
