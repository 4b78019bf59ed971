import { Command, Option } from 'commander';
import { type SimulateRequest, writeSimulatedStore } from '../ops/index.ts';
import { wholeNumber } from './number-option.ts';
import type { Session, SessionHost } from './session.ts';

interface SimulateOptions {
  readonly observations: number;
  readonly seed?: number;
  readonly name?: string;
  readonly firstObsId?: number;
  readonly events?: number;
  readonly indexOnly?: boolean;
  readonly sharedIrfs?: boolean;
  readonly gzip: boolean;
  readonly psf?: NonNullable<SimulateRequest['psf']>;
  readonly background?: NonNullable<SimulateRequest['background']>;
}

const INDEX_FILES = 2;

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
    .action((directory: string, options: SimulateOptions, self: Command) =>
      simulate(directory, options, host.open(self)),
    );
}

async function simulate(directory: string, options: SimulateOptions, session: Session): Promise<void> {
  const { reporter, signal } = session;
  const { observations, indexOnly = false, sharedIrfs = false } = options;
  reporter.progress({ type: 'phase', name: 'Simulating' });
  const files = (indexOnly ? 0 : observations + (sharedIrfs ? 1 : 0)) + INDEX_FILES;
  reporter.progress({ type: 'plan', files, bytes: 0 });
  const store = await writeSimulatedStore({
    ...requestOf(options),
    directory,
    program: 'iact simulate',
    signal,
    onFile: (path) => reporter.progress({ type: 'file', path, outcome: 'written', bytes: 0 }),
  });
  const total = store.truth.observations.reduce((sum, { source, background }) => sum + source + background, 0);
  reporter.finish({
    command: 'simulate',
    data: { directory, dataset: store.name, observations, events: total },
    lines: [`Wrote ${directory}: dataset ${store.name}, ${observations} observations, ${total} events`],
  });
}

/** What the options ask for; the options of all commands are no part of it. */
function requestOf(options: SimulateOptions): Omit<SimulateRequest, 'directory' | 'program'> {
  const { observations, seed, name, firstObsId, events, indexOnly, sharedIrfs, gzip, psf, background } = options;
  return {
    observations,
    seed,
    name,
    firstObsId,
    eventsPerObservation: events,
    indexOnly,
    sharedIrfs,
    gzip,
    psf,
    background,
  };
}
