import { Command } from 'commander';
import { addAccessOptions } from './access-options.ts';
import type { CheckCliOptions } from './check-options.ts';
import type { SessionHost } from './session.ts';

/** `iact check STORE` */
export function checkCommand(host: SessionHost): Command {
  const command = new Command('check')
    .description('Check a store against the FITS standard and the GADF specification.')
    .argument('[store]', 'directory or URL of the store, its master.json, or an archive')
    .option('--dataset <name>', 'only this dataset')
    .option('--fast', 'indexes and headers only, not the data')
    .option('--rule <codes>', 'only these rules, with commas between them')
    .option('--ignore <codes>', 'all but these rules')
    .option('--all', 'every finding on its own, not one for each kind')
    .option('--list-rules', 'list the rules and check nothing')
    .option('--fix', 'repair what is certain, after showing what will change; originals are kept')
    .option('--dry-run', 'with --fix: show what would change, and write nothing')
    .option('--yes', 'with --fix: repair without asking');
  return addAccessOptions(command).action(
    async (place: string | undefined, options: CheckCliOptions, self: Command) => {
      const session = host.open(self);
      const { runCheck } = await import('./run-check.ts');
      await runCheck(place, options, session);
    },
  );
}
