import { IactError, redactUrls } from '../core/index.ts';
import { type MergeResult, mergeStores } from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { CopyProgress } from './copy-progress.ts';
import { counted } from './quantity.ts';
import type { Session } from './session.ts';
import { accessOf, slowingAccess } from './session-access.ts';

export interface MergeOptions extends AccessCliOptions {
  readonly output: string;
  readonly name?: string;
  readonly dataset?: readonly string[];
  readonly prefer?: 'first' | 'last';
  readonly dryRun?: boolean;
  readonly jobs?: number;
}

export async function merge(places: readonly string[], options: MergeOptions, session: Session): Promise<void> {
  const { dataset, name, prefer, dryRun = false, jobs, output } = options;
  if (dataset !== undefined && dataset.length !== places.length) {
    throw new IactError('usage', `--dataset is given ${counted(dataset.length, 'time')} for ${places.length} stores.`);
  }
  const { signal } = session;
  const progress = new CopyProgress(session, dryRun);
  const { access, onLimit } = slowingAccess({ ...accessOf(session, options), signal });
  const result = await mergeStores({
    places,
    datasets: dataset,
    output,
    name,
    prefer,
    dryRun,
    jobs,
    program: 'iact merge',
    access,
    onLimit,
    onEvent: (event, store) => progress.tell(event, places[store] ?? ''),
    signal,
  });
  report(result, places, options, session, progress);
}

function report(
  result: MergeResult,
  places: readonly string[],
  { output, dryRun = false }: MergeOptions,
  { reporter }: Session,
  progress: CopyProgress,
): void {
  const { copies, name, shared, movedFiles, store } = result;
  const failed = copies.flatMap((copy) => copy.failed);
  for (const { warnings } of copies) for (const each of warnings) reporter.warning(each);
  for (const { error } of failed) progress.warnOnce(error.message);
  for (const note of store?.notes ?? []) reporter.warning(note);
  if (shared > 0) reporter.note(`Several stores have the same observations: ${shared}.`);
  if (movedFiles > 0) reporter.note(`Files that got another path, as theirs was taken: ${movedFiles}.`);
  const files = copies.reduce((sum, { filesFound }) => sum + filesFound, 0);
  const copied = copies.reduce((sum, { filesCopied }) => sum + filesCopied, 0);
  const what = `${places.length} stores into ${output}: dataset ${name}, ${counted(files, 'file')}`;
  const lines = [dryRun ? `Would merge ${what}` : `Merged ${what}, ${copied} copied`];
  for (const dataset of store?.datasets ?? []) {
    if (dataset.name === name)
      lines.push(`  ${counted(dataset.observations, 'observation')}, ${counted(dataset.events, 'event')}`);
  }
  const problems = failed.map(({ error }) => error.message);
  const data = {
    stores: places.map(redactUrls),
    output,
    dataset: name,
    dryRun,
    files,
    copied,
    shared,
    movedFiles,
    problems,
  };
  reporter.finish({ command: 'merge', data, lines });
  if (failed.length > 0) {
    const what = failed.length === 1 ? 'A file' : `${failed.length} files`;
    throw new IactError('incomplete', `${what} could not be copied, see above; no index names what is missing.`);
  }
}
