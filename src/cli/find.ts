import { Command, Option } from 'commander';
import { addAccessOptions } from './access-options.ts';
import { FIND_FORMATS } from './find-format.ts';
import { wholeNumber } from './number-option.ts';
import type { FindOptions } from './run-find.ts';
import { addSearchOptions } from './search-options.ts';
import type { SessionHost } from './session.ts';

/** `iact find STORE` */
export function findCommand(host: SessionHost): Command {
  const command = new Command('find')
    .description('Find observations by position, time, quality and any expression.')
    .argument('<store>', 'directory or URL of the store, its master.json, or an archive')
    .option('--dataset <name>', 'which dataset, if there are several');
  return addAccessOptions(addSearchOptions(command))
    .option('--sort <columns>', 'sort by columns, "-" for descending: "OBJECT,-ZEN_PNT"')
    .option('--limit <n>', 'no more than n observations', wholeNumber)
    .option('--columns <names>', 'which columns to print, with commas between them')
    .addOption(new Option('--format <format>', 'how to print them').choices(FIND_FORMATS).default('table'))
    .option('-o, --output <file>', 'also write a run list')
    .option('--force', 'overwrite the run list if it exists')
    .action(async (store: string, options: FindOptions, self: Command) => {
      const session = host.open(self);
      const { find } = await import('./run-find.ts');
      await find(store, options, session);
    });
}
