import { Command, Option } from 'commander';
import { wholeNumber } from './number-option.ts';
import type { SimulateOptions } from './run-simulate.ts';
import type { SessionHost } from './session.ts';

/** `iact simulate DIR` */
export function simulateCommand(host: SessionHost): Command {
  return new Command('simulate')
    .description('Make a store of observations with known truth, for tests and demonstrations.')
    .argument('<dir>', 'directory to write to; it must not hold a store')
    .requiredOption('--observations <n>', 'number of observations', wholeNumber)
    .option('--seed <n>', 'the same seed gives the same store (default: 1)', wholeNumber)
    .option('--name <name>', 'name of the dataset (default: simulated)')
    .option('--first-obs-id <n>', 'no observation ID is smaller (default: 100000)', wholeNumber)
    .option('--events <n>', 'about how many events an observation has (default: 2000)', wholeNumber)
    .option('--index-only', 'write the index files and the master index, and no data files')
    .option('--shared-irfs', 'one file of instrument responses for all observations')
    .option('--no-gzip', 'do not compress')
    .addOption(new Option('--psf <class>', 'class of the point spread function').choices(['psf_table', 'psf_3gauss']))
    .addOption(new Option('--background <class>', 'class of the background model').choices(['bkg_3d', 'bkg_2d']))
    .action(async (directory: string, options: SimulateOptions, self: Command) => {
      const session = host.open(self);
      const { simulate } = await import('./run-simulate.ts');
      await simulate(directory, options, session);
    });
}
