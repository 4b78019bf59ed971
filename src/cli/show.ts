import { Command, Option } from 'commander';
import { addAccessOptions } from './access-options.ts';
import type { ShowOptions } from './run-show.ts';
import type { SessionHost } from './session.ts';

/** `iact show STORE OBS_ID` */
export function showCommand(host: SessionHost): Command {
  const command = new Command('show')
    .description('Show one observation: metadata, HDUs, good time and events.')
    .argument('<store>', 'directory or URL of the store, its master.json, or an archive')
    .argument('<obs-id>', 'the observation')
    .option('--dataset <name>', 'which dataset, if there are several')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'));
  return addAccessOptions(command).action(async (place: string, id: string, options: ShowOptions, self: Command) => {
    const session = host.open(self);
    const { show } = await import('./run-show.ts');
    await show(place, id, options, session);
  });
}
