import { Command } from 'commander';
import type { InitOptions } from './run-init.ts';
import type { SessionHost } from './session.ts';

/** `iact init DIR` */
export function initCommand(host: SessionHost): Command {
  return new Command('init')
    .description('Write the master.json of a store from what its index files and event lists hold.')
    .argument('<dir>', 'root of the store; index files are looked for in all folders below it')
    .option('--name <name>', 'name of the dataset (default: the name of the folder)')
    .option('--force', 'bring an existing master.json up to date; entries for other index files stay as they are')
    .action(async (directory: string, options: InitOptions, self: Command) => {
      const session = host.open(self);
      const { init } = await import('./run-init.ts');
      await init(directory, options, session);
    });
}
