import { asClause, IactError } from '../../core/index.ts';
import {
  type CopyResult,
  copyStore,
  openLocatedStore,
  type RunList,
  readRunList,
  type Store,
} from '../../ops/index.ts';
import { EXPLICIT, NORMAL, TERSE } from '../log/index.ts';
import type { ProgramContext } from '../program.ts';
import { CopyLog } from './copy-log.ts';
import { findStore } from './find-store.ts';

/** csiactcopy: copies a dataset, or the part of it that a run list names. */
export async function csiactcopy(context: ProgramContext): Promise<void> {
  const { params, log, signal, expand, access } = context;
  const remoteMaster = await params.filename('remote_master');
  const found = await findStore(remoteMaster, context, { readsMuch: true });
  if (found === undefined) {
    const remedy = 'Make sure remote file system is properly mounted.';
    throw new IactError(
      'not-found',
      `FITS data not available. No master index file found in "${remoteMaster}". ${remedy}`,
      {
        uri: remoteMaster,
      },
    );
  }
  const dataset = await params.string('prodname');
  const destination = expand(await params.string('outpath'));
  const clobber = await params.boolean('clobber');
  log.parameters();
  if (destination === '') throw new IactError('usage', 'Parameter "outpath" is empty. Give the directory to copy to.');

  log.header1(TERSE, 'Set runlist');
  const runs = await runList(context);
  log.header2(TERSE, 'Loop over remote configs');
  const store = await openLocatedStore(found);
  requireProduction(store, dataset);
  const copyLog = new CopyLog({ log, clobber, dataset, selective: runs !== undefined });
  const result = await copyStore({
    store,
    dataset,
    runs,
    destination,
    access,
    prefer: clobber ? 'remote' : 'local',
    program: 'csiactcopy',
    signal,
    onEvent: (event) => copyLog.event(event),
  });
  copyLog.summary(result);
  if (result.failed.length > 0) throw incomplete(result);
}

/** @throws {IactError} `not-found`, in the words of the original. */
function requireProduction({ master, source, masterName }: Store, production: string): void {
  const names = master.datasets.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (names.includes(production)) return;
  const uri = source.uriOf(masterName);
  const list =
    names.length === 0
      ? `"${uri}" lists none.`
      : `Available productions are: ${names.map((name) => `"${name}"`).join(', ')}.`;
  throw new IactError('not-found', `FITS production "${production}" not available. ${list}`, { uri });
}

async function runList({ params, log, signal }: ProgramContext): Promise<RunList | undefined> {
  if (!(await params.isValid('runlist'))) {
    log.line(NORMAL, 'Copy all available data');
    return undefined;
  }
  const runs = await readRunList(await params.filename('runlist'), { signal });
  for (const [index, { value, text }] of runs.entries.entries()) log.value(EXPLICIT, `Run ${index + 1}`, value ?? text);
  log.value(NORMAL, 'Number of observations', runs.entries.length);
  return runs;
}

/** How many files an error names; the log names them all. */
const NAMED = 5;

function incomplete({ failed, filesFound }: CopyResult): IactError {
  const named = failed.slice(0, NAMED).map(({ error }) => asClause(error.message));
  const more = failed.length > NAMED ? `; and ${failed.length - NAMED} more, see the log` : '';
  const remedy = 'The index does not list them. Run the same command again to fetch them';
  return new IactError(
    'incomplete',
    `${failed.length} of ${filesFound} files did not arrive: ${named.join('; ')}${more}. ${remedy}.`,
  );
}
