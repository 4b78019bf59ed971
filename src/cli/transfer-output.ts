import { IactError, redactUrls } from '../core/index.ts';
import type { CopyEvent, CopyResult } from '../ops/index.ts';
import { summaryLine } from './progress/summary.ts';
import { counted, formatBytes } from './quantity.ts';
import type { JsonEvent } from './reporter.ts';
import type { Session } from './session.ts';

export type Verb = 'copy' | 'push';

/** What a command has copied of one dataset. */
export interface CopiedDataset extends CopyResult {
  readonly name: string;
}

/** A copy of datasets that has come to its end. */
export interface FinishedTransfer {
  readonly verb: Verb;
  readonly source: string;
  readonly destination: string;
  readonly results: readonly CopiedDataset[];
  /** What would be done, of a dry run. */
  readonly plans: readonly JsonEvent[];
  readonly missingRuns: readonly string[];
  readonly problems: readonly string[];
  readonly seconds: number;
  readonly dryRun: boolean;
}

/** How many problems an error names; they have been told one by one before. */
const NAMED = 3;

/** What a plan does with each file, as `--json` prints it. */
export function* planRecords(
  { plan, removals }: CopyEvent & { type: 'plan' },
  dataset: string,
): Generator<JsonEvent, void> {
  for (const { path, action, reason, source, partBytes = 0 } of plan.files) {
    const resumedBytes = action === 'copy' ? partBytes : 0;
    yield { event: 'planned', dataset, path, action, reason, sizeBytes: source?.sizeBytes ?? null, resumedBytes };
  }
  for (const path of removals) {
    yield { event: 'planned', dataset, path, action: 'remove', reason: 'gone', sizeBytes: null, resumedBytes: 0 };
  }
}

/**
 * Prints what was copied.
 *
 * @throws {IactError} `incomplete` if there were problems.
 */
export function finishTransfer(finished: FinishedTransfer, { reporter, settings }: Session): void {
  const { verb, source, destination, results, plans, missingRuns, problems, dryRun } = finished;
  const counts = dryRun ? planCounts(plans) : resultCounts(results);
  const failed = results.reduce((sum, result) => sum + result.failed.length, 0);
  const seconds = Math.round(finished.seconds * 1000) / 1000;
  const data = {
    source,
    destination: redactUrls(destination),
    datasets: results.map(({ name }) => name),
    dryRun,
    ...counts,
    failed,
    missingObservations: missingRuns,
    seconds,
    problems,
  };
  const summary = summaryLine({ ...counts, verb: 'Copied', seconds: finished.seconds, failed });
  const lines = dryRun ? planLines(plans, counts, settings.verbose) : [summary];
  reporter.finish({ command: verb, events: plans, data, lines });
  if (problems.length === 0) return;
  const more = problems.length > NAMED ? ` And ${problems.length - NAMED} more.` : '';
  const remedy =
    failed > 0 && !dryRun ? ' The index does not list what did not arrive; run the same command again.' : '';
  const what = failed > 0 ? failedText(failed, dryRun) : counted(problems.length, 'problem');
  throw new IactError('incomplete', `${what}: ${problems.slice(0, NAMED).join(' ')}${more}${remedy}`);
}

function failedText(failed: number, dryRun: boolean): string {
  return `${counted(failed, 'file')} ${dryRun ? 'cannot be had' : 'did not arrive'}`;
}

interface Counts {
  readonly files: number;
  readonly bytes: number;
  /** Bytes of these that an interrupted copy had brought. */
  readonly resumedBytes: number;
  readonly kept: number;
  readonly removed: number;
}

function resultCounts(results: readonly CopiedDataset[]): Counts {
  const total = (count: (result: CopyResult) => number): number =>
    results.reduce((sum, result) => sum + count(result), 0);
  return {
    files: total(({ filesCopied }) => filesCopied),
    bytes: total(({ bytesCopied }) => bytesCopied),
    resumedBytes: total(({ bytesResumed }) => bytesResumed),
    kept: total(({ filesKept }) => filesKept),
    removed: total(({ removed }) => removed.length),
  };
}

function planCounts(plans: readonly JsonEvent[]): Counts {
  const of = (action: string): readonly JsonEvent[] => plans.filter((each) => each['action'] === action);
  const sum = (records: readonly JsonEvent[], key: string): number =>
    records.reduce((bytes, record) => bytes + Number(record[key]), 0);
  const copied = of('copy');
  return {
    files: copied.length,
    bytes: sum(copied, 'sizeBytes'),
    resumedBytes: sum(copied, 'resumedBytes'),
    kept: of('keep').length,
    removed: of('remove').length,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  absent: 'not there yet',
  replace: 'to be replaced',
  incomplete: 'left incomplete',
  different: 'another size or time',
  uncertain: 'copied within two seconds of its last change',
  exists: 'is there',
  'same-file': 'the same file',
  'fetched-before': 'brought by an interrupted copy',
  'up-to-date': 'same size and time',
  'same-content': 'same content',
  gone: 'not at the source any more',
};

/** Files that stay as they are are only counted, unless every file was asked for. */
function* planLines(plans: readonly JsonEvent[], counts: Counts, withKept: boolean): Generator<string, void> {
  for (const { path, action, reason, sizeBytes } of plans) {
    if (action === 'keep' && !withKept) continue;
    const size = sizeBytes === null ? '' : `, ${formatBytes(Number(sizeBytes))}`;
    yield `${String(action).padEnd(6)}  ${path}  (${REASONS[String(reason)] ?? reason}${size})`;
  }
  const { files, bytes, resumedBytes, kept, removed } = counts;
  const before = resumedBytes > 0 ? ` (${formatBytes(resumedBytes)} of them are there from before)` : '';
  const removal = removed > 0 ? `; ${counted(removed, 'file')} to remove` : '';
  yield `${counted(files, 'file')} to copy, ${formatBytes(bytes)}${before}; ${kept} to keep${removal}. Nothing was written.`;
}
