import { Command } from 'commander';
import { addAccessOptions } from './access-options.ts';
import type { DiffCommandOptions } from './run-diff.ts';
import type { SessionHost } from './session.ts';

/** `iact diff A B` */
export function diffCommand(host: SessionHost): Command {
  const command = new Command('diff')
    .description('Compare two stores by dataset, observation and content. Exit status 1 if they differ.')
    .argument('<a>', 'directory or URL of a store, its master.json, or an archive')
    .argument('<b>', 'the store to compare it with')
    .option('--dataset <name>', 'compare this dataset only')
    .option('--content', 'read files of the same size, unless both stores know their checksums');
  return addAccessOptions(command).action(async (a: string, b: string, options: DiffCommandOptions, self: Command) => {
    const session = host.open(self);
    const { diff } = await import('./run-diff.ts');
    await diff(a, b, options, session);
  });
}
