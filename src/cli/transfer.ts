import { asClause, IactError } from '../core/index.ts';
import {
  type CopyRequest,
  copyStore,
  findDataset,
  isOfOneDataset,
  listDatasets,
  type Overwrite,
  pathsOfDatasets,
  readRunList,
  readsMuch,
  type Store,
  withStore,
} from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import type { CopyChoices } from './copy-choices.ts';
import { CopyProgress } from './copy-progress.ts';
import type { Session } from './session.ts';
import { accessOf, slowingAccess } from './session-access.ts';
import { type CopiedDataset, finishTransfer, type Verb } from './transfer-output.ts';

/** Copies the chosen datasets of a store, and tells of it. */
export async function transfer(
  verb: Verb,
  source: string,
  destination: string,
  choices: CopyChoices,
  options: AccessCliOptions,
  session: Session,
): Promise<void> {
  const begun = performance.now();
  const { signal } = session;
  const { bytesPerSecond, dryRun } = choices;
  const own = { ...accessOf(session, options), bytesPerSecond, readsMuch: readsMuch(choices), signal };
  const { access, onLimit } = slowingAccess(own);
  const wanted = await wantedOf(choices, signal);
  await withStore(source, access, async (store) => {
    const { names, problems } = await chooseDatasets(store, choices.datasets);
    const program = `iact ${verb}`;
    const request = { ...wanted, store, destination, access, onLimit, program, signal };
    const work = new Transfer(request, names, session);
    await work.run();
    const seconds = (performance.now() - begun) / 1000;
    const { results, missingRuns } = work;
    const { plans } = work.progress;
    const all = { verb, source: store.source.uri, destination, results, plans, missingRuns };
    finishTransfer({ ...all, problems: [...problems, ...work.problems], seconds, dryRun }, session);
  });
}

/** A request but for the dataset and what is told of it. */
type DatasetRequest = Omit<CopyRequest, 'dataset' | 'onEvent'>;

async function wantedOf(choices: CopyChoices, signal: AbortSignal) {
  const overwrite: Overwrite = choices.keep ? 'never' : choices.checksum ? 'if-content-differs' : 'if-different';
  return {
    runs: choices.runListFile === undefined ? undefined : await readRunList(choices.runListFile, { signal }),
    query: choices.query,
    only: choices.hduTypes.length === 0 ? undefined : choices.hduTypes,
    prefer: choices.keep ? 'local' : 'remote',
    overwrite,
    prune: choices.remove,
    dryRun: choices.dryRun,
    fitsChecksums: choices.fitsChecksum,
    jobs: choices.jobs,
  } as const;
}

/** The datasets that were named, which must be there, or all whose index files can be read. */
async function chooseDatasets(
  store: Store,
  wanted: readonly string[],
): Promise<{ names: readonly string[]; problems: readonly string[] }> {
  if (wanted.length > 0) {
    for (const name of wanted) findDataset(store, name);
    return { names: wanted, problems: [] };
  }
  const [only, ...others] = store.master.datasets;
  // A copy reads its index files, and says what is wrong with them.
  if (only?.name !== undefined && others.length === 0) return { names: [only.name], problems: [] };
  const statuses = await listDatasets(store);
  const names = statuses.flatMap(({ entry, available }) => (available && entry.name !== undefined ? entry.name : []));
  const problems = statuses.flatMap(({ entry, reason }) =>
    reason === undefined ? [] : [`Dataset "${entry.name ?? ''}" was left out: ${asClause(reason)}.`],
  );
  if (names.length > 0) return { names: [...new Set(names)], problems };
  const uri = store.source.uriOf(store.masterName);
  throw new IactError('bad-data', `"${uri}" lists no dataset that can be copied. ${problems.join(' ')}`.trim(), {
    uri,
  });
}

/** Copies datasets one after the other, and tells how far it is. */
class Transfer {
  readonly results: CopiedDataset[] = [];
  readonly progress: CopyProgress;
  readonly problems: string[] = [];
  private readonly request: DatasetRequest;
  private readonly names: readonly string[];
  private readonly session: Session;
  /** In how many of the datasets an observation of the run list is missing. */
  private readonly missing = new Map<string, { line: number; count: number }>();

  constructor(request: DatasetRequest, names: readonly string[], session: Session) {
    this.request = request;
    this.names = names;
    this.session = session;
    this.progress = new CopyProgress(session, request.dryRun ?? false);
  }

  /** Observations of the run list that none of the datasets has. */
  get missingRuns(): string[] {
    return [...this.missing].flatMap(([run, { count }]) => (count === this.names.length ? run : []));
  }

  async run(): Promise<void> {
    const failures: IactError[] = [];
    for (const [position, name] of this.names.entries()) {
      try {
        await this.copy(name, this.names.slice(position + 1));
      } catch (error) {
        if (!isOfOneDataset(error) || this.names.length === 1) throw error;
        failures.push(error);
        this.leaveOut(name, error);
      }
    }
    const [failure] = failures;
    if (failure !== undefined && this.results.length === 0) throw failure;
  }

  private async copy(name: string, later: readonly string[]): Promise<void> {
    const { reporter } = this.session;
    const { failed, ...result } = await copyStore({
      ...this.request,
      dataset: name,
      laterPaths: () => pathsOfDatasets(this.request.store, later, this.request),
      onEvent: (event) => {
        if (event.type === 'run-missing') this.addMissing(event.run, event.line);
        else this.progress.tell(event, name);
      },
    });
    this.results.push({ ...result, failed, name });
    for (const warning of [...result.warnings, ...result.damaged]) reporter.warning(warning);
    for (const { error } of failed) this.progress.warnOnce(error.message);
    this.problems.push(...failed.map(({ error }) => error.message), ...result.damaged);
  }

  /** Of several datasets, some may have nothing of what was asked for. */
  private leaveOut(name: string, error: IactError): void {
    const { runs, query, only } = this.request;
    const isSelected = runs !== undefined || query !== undefined || only !== undefined;
    if (isSelected && error.code === 'not-found') {
      this.session.reporter.note(`Dataset "${name}" was left out: ${error.message}`);
      if (query === undefined) for (const { text, line } of runs?.entries ?? []) this.addMissing(text, line);
      return;
    }
    const problem = `Dataset "${name}" was left out: ${error.message}`;
    this.session.reporter.warning(problem);
    this.problems.push(problem);
  }

  private addMissing(run: string, line: number): void {
    const count = (this.missing.get(run)?.count ?? 0) + 1;
    this.missing.set(run, { line, count });
    if (count < this.names.length) return;
    const where = this.names.length === 1 ? 'in the dataset' : 'in any of the datasets';
    this.session.reporter.warning(`Observation "${run}" (line ${line} of the run list) is not ${where}.`);
  }
}
