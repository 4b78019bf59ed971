import { Command } from 'commander';
import { type InitResult, initStore } from '../ops/index.ts';
import type { CliIo } from './io.ts';

interface InitOptions {
  readonly name?: string;
  readonly force?: boolean;
}

/** `iact init DIR` */
export function initCommand(io: CliIo): Command {
  return new Command('init')
    .description('Write the master.json of a store from what its index files and event lists hold.')
    .argument('<dir>', 'root of the store; index files are looked for in all folders below it')
    .option('--name <name>', 'name of the dataset (default: the name of the folder)')
    .option('--force', 'bring an existing master.json up to date; entries for other index files stay as they are')
    .action(async (directory: string, options: InitOptions) => {
      const result = await initStore({
        directory,
        name: options.name,
        force: options.force ?? false,
        program: 'iact init',
      });
      report(result, io);
    });
}

function report({ master, datasets, kept, notes }: InitResult, io: CliIo): void {
  for (const note of notes) io.stderr.write(`iact: warning: ${note}\n`);
  io.stdout.write(`Wrote ${master}\n`);
  for (const { name, observations, ontimeSeconds, events, diskBytes } of datasets) {
    const time = ontimeSeconds === undefined ? 'times not known' : `${(ontimeSeconds / 3600).toFixed(2)} h`;
    io.stdout.write(
      `  ${name}: ${observations} observations, ${time}, ${events} events, ${(diskBytes / 1e6).toFixed(2)} MB\n`,
    );
  }
  if (kept.length > 0) io.stdout.write(`  kept: ${kept.join(', ')}\n`);
}
