import { Command, Option } from 'commander';
import { addAccessOptions } from './access-options.ts';
import { positiveNumber } from './option-values.ts';
import type { MergeOptions } from './run-merge.ts';
import type { SessionHost } from './session.ts';

/** `iact merge A B -o C` */
export function mergeCommand(host: SessionHost): Command {
  const command = new Command('merge')
    .description('Copy the datasets of several stores into one store with one index.')
    .argument('<store...>', 'directories or URLs of the stores, their master.json, or archives')
    .requiredOption('-o, --output <dir>', 'directory of the merged store')
    .option('--name <name>', 'name of the merged dataset (default: that of the first one)')
    .option(
      '--dataset <name>',
      'dataset of a store that has several; give it once for each store, in their order',
      collect,
    )
    .addOption(
      new Option('--prefer <which>', 'where observations come from that several stores have').choices([
        'first',
        'last',
      ]),
    )
    .option('--dry-run', 'show what would be done, and write nothing')
    .option('--jobs <n>', 'files at once (default: what suits the stores)', positiveNumber);
  return addAccessOptions(command).action(async (places: readonly string[], options: MergeOptions, self: Command) => {
    const session = host.open(self);
    const { merge } = await import('./run-merge.ts');
    await merge(places, options, session);
  });
}

function collect(value: string, former: readonly string[] = []): readonly string[] {
  return [...former, value];
}
