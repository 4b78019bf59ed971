import { Command } from 'commander';
import { addAccessOptions } from './access-options.ts';
import type { LsOptions } from './run-ls.ts';
import type { SessionHost } from './session.ts';

/** `iact ls STORE [DATASET]` */
export function lsCommand(host: SessionHost): Command {
  const command = new Command('ls')
    .description('List the datasets of a store: observations, time, size, and the state of their index files.')
    .argument('<store>', 'directory or URL of the store, its master.json, or an archive')
    .argument('[dataset]', 'one dataset, with its objects and the types of its HDUs')
    .option('--no-size', 'do not look how large the data files are');
  return addAccessOptions(command).action(
    async (place: string, dataset: string | undefined, options: LsOptions, self: Command) => {
      const session = host.open(self);
      const { list } = await import('./run-ls.ts');
      await list(place, dataset, options, session);
    },
  );
}
