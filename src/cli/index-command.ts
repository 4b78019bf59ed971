import { Command, Option } from 'commander';
import { positiveNumber } from './option-values.ts';
import type { IndexOptions } from './run-index.ts';
import type { SessionHost } from './session.ts';

/** `iact index DIR` */
export function indexCommand(host: SessionHost): Command {
  return new Command('index')
    .description('Make the index files and the master.json of a store from the headers of its data files.')
    .argument('<dir>', 'root of the store; data files are looked for in all folders below it')
    .option('--name <name>', 'name of the dataset (default: that in master.json, or the name of the folder)')
    .option('--update', 'read only what is new or changed, and keep what was added to the index by hand')
    .addOption(new Option('--force', 'make an existing index anew').conflicts('update'))
    .option('--size', 'add the size of each file to the HDU index')
    .option('--md5', 'add the MD5 of each file to the HDU index; reads all files whole')
    .option('--dry-run', 'show what would be done, and write nothing')
    .option('--jobs <n>', 'files at once (default: one more than there are cores, at most 8)', positiveNumber)
    .action(async (directory: string, options: IndexOptions, self: Command) => {
      const session = host.open(self);
      const { index } = await import('./run-index.ts');
      await index(directory, options, session);
    });
}
