import { type DiffEvent, diffStores, type Store, withStore } from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { comparisonRecord, differenceLines, differenceRecords } from './diff-output.ts';
import { throwProblems } from './problems.ts';
import type { Reporter } from './reporter.ts';
import type { Session } from './session.ts';
import { accessOf } from './session-access.ts';

export interface DiffCommandOptions extends AccessCliOptions {
  readonly dataset?: string;
  readonly content?: boolean;
}

/** The exit status where differences were found; as diff and cmp have it. */
const DIFFERENT = 1;
const NAMED_PROBLEMS = 3;

export async function diff(
  placeA: string,
  placeB: string,
  options: DiffCommandOptions,
  session: Session,
): Promise<void> {
  const access = { ...accessOf(session, options), signal: session.signal };
  await withStore(placeA, access, (a) => withStore(placeB, access, (b) => compare(a, b, options, session)));
}

async function compare(a: Store, b: Store, options: DiffCommandOptions, session: Session): Promise<void> {
  const { reporter, settings, colors, signal } = session;
  if (options.content) reporter.progress({ type: 'phase', name: 'Comparing' });
  const comparison = await diffStores(a, b, {
    dataset: options.dataset,
    content: options.content ?? false,
    onEvent: (event) => tell(event, reporter),
    signal,
  });
  reporter.finish({
    command: 'diff',
    events: differenceRecords(comparison),
    data: { a: a.source.uri, b: b.source.uri, ...comparisonRecord(comparison) },
    lines: differenceLines(comparison, settings.verbose, colors),
  });
  throwProblems('The comparison', comparison.problems, NAMED_PROBLEMS);
  if (comparison.differences.length > 0) session.exitWith(DIFFERENT);
}

function tell(event: DiffEvent, reporter: Reporter): void {
  if (event.type === 'plan') {
    // Nothing is read, and nothing shown.
    if (event.files > 0) reporter.progress({ type: 'plan', files: event.files, bytes: event.sizeBytes });
    return;
  }
  const { path, sizeBytes } = event.comparison;
  reporter.progress({ type: 'file', path, outcome: 'compared', bytes: sizeBytes.a ?? 0 });
}
