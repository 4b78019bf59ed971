import { IactError } from '../core/index.ts';
import {
  applyFix,
  askAtTerminal,
  type CheckTotals,
  canRepair,
  checkStore,
  type Finding,
  type FixPlan,
  type FixResult,
  planFix,
} from '../ops/index.ts';
import { type CheckCliOptions, requestOf } from './check-options.ts';
import { FindingOutput, refuseErrors, summaryText, totalsRecord } from './check-output.ts';
import { checkProgress } from './check-progress.ts';
import { planLines, repairsText } from './fix-output.ts';
import { counted } from './quantity.ts';
import type { Session } from './session.ts';
import { accessOf } from './session-access.ts';

/** `iact check STORE --fix`: plans, asks, repairs, and checks again. */
export async function fix(place: string, options: CheckCliOptions, session: Session): Promise<void> {
  const { reporter } = session;
  if (!options.dryRun && !options.yes && !session.isTerminal) {
    const remedy = '--yes repairs without asking, and --dry-run shows what would change';
    throw new IactError('usage', `There is no terminal to ask at before repairing "${place}": ${remedy}.`);
  }
  const access = accessOf(session, options);
  const found = new FindingOutput(reporter, options, 'violation');
  const { onFinding, onFailure } = found;
  const progress = checkProgress(reporter, 'Checking');
  const request = { ...requestOf(options), ...progress, onFinding, onFailure, signal: session.signal };
  const plan = await planFix(place, request, access);
  reporter.pause();
  for (const record of planRecords(plan)) reporter.record(record);
  const finish = (lines: readonly string[]): void => {
    end(session, options, { place, totals: plan.totals, lines, record: outcome(plan, options) });
  };
  if (plan.files.length === 0 && plan.unfinished.length === 0) {
    return finish([...found.lines(), 'Nothing to repair', ...refusedLines(plan)]);
  }
  reporter.show([...planLines(plan, options.all ?? false)]);
  if (options.dryRun) return finish([`Would ${workText(plan)}; nothing was written`]);
  if (!options.yes && !(await isConfirmed(plan))) return finish(['Nothing was changed']);
  reporter.progress({ type: 'phase', name: 'Repairing' });
  reporter.progress({ type: 'plan', files: plan.files.length, bytes: 0 });
  const result = await applyFix(plan, {
    program: 'iact check --fix',
    onFile: (path, bytes) => reporter.progress({ type: 'file', path, outcome: 'written', bytes }),
    signal: session.signal,
  });
  await checkAgain(place, options, session, { plan, result });
}

/** What was repaired may have brought other faults to light. */
async function checkAgain(
  place: string,
  options: CheckCliOptions,
  session: Session,
  { plan, result }: { readonly plan: FixPlan; readonly result: FixResult },
): Promise<void> {
  const left = new FindingOutput(session.reporter, options, 'remaining');
  let repairable = 0;
  const request = {
    ...requestOf(options),
    onFinding: (finding: Finding): void => {
      left.onFinding(finding);
      if (canRepair(plan, finding)) repairable += 1;
    },
    onFailure: left.onFailure,
    ...checkProgress(session.reporter, 'Checking again'),
    signal: session.signal,
  };
  const totals = await checkStore(place, request, accessOf(session, options));
  const again = `${counted(repairable, 'finding')} can be repaired now: run "iact check ${place} --fix" again`;
  const lines = [...left.lines(), ...doneLines(plan, result), ...(repairable === 0 ? [] : [again])];
  end(session, options, { place, totals, lines, record: outcome(plan, options, result) });
}

interface Ending {
  readonly place: string;
  readonly totals: CheckTotals;
  readonly lines: readonly string[];
  readonly record: object;
}

/** Ends the command as `iact check` does. */
function end({ reporter }: Session, options: CheckCliOptions, { place, totals, lines, record }: Ending): void {
  reporter.finish({
    command: 'check',
    data: { ...totalsRecord(place, totals), ...record },
    lines: [...lines, summaryText(totals, options)],
  });
  refuseErrors(place, totals);
}

function workText(plan: FixPlan): string {
  return plan.files.length === 0 ? 'complete the repair that was stopped' : `make ${repairsText(plan)}`;
}

/** @throws {IactError} `cancelled` if there is no answer: an interrupt, or the end of the input. */
async function isConfirmed(plan: FixPlan): Promise<boolean> {
  const question =
    plan.files.length === 0 ? 'Complete the repair that was stopped?' : `Apply these ${repairsText(plan)}?`;
  const answer = await askAtTerminal(`${question} [y/N] `, false);
  if (answer === undefined) throw new IactError('cancelled', 'There was no answer; nothing was changed.');
  return /^\s*y(es)?\s*$/i.test(answer);
}

function doneLines(plan: FixPlan, { files, changes, backup }: FixResult): string[] {
  if (plan.files.length === 0) return ['Completed the repair that was stopped'];
  const done = `Made ${counted(changes, 'repair')} in ${counted(files, 'file')}`;
  return backup === undefined ? [done] : [done, `Originals: ${backup}/files`];
}

function refusedLines(plan: FixPlan): string[] {
  return plan.refused.length === 0 ? [] : [...planLines({ ...plan, left: new Map() }, true)];
}

function* planRecords({ files, refused }: FixPlan) {
  for (const { changes } of files) {
    for (const {
      path,
      hdu = null,
      rule,
      kind,
      name,
      row = null,
      entry = null,
      found,
      value,
      follows = null,
    } of changes) {
      yield { event: 'repair', path, hdu, rule, kind, name, row, entry, found, value, follows };
    }
  }
  for (const { path, changes, reason } of refused) yield { event: 'not-repaired', path, changes, reason };
}

function outcome({ files, refused }: FixPlan, { dryRun }: CheckCliOptions, result?: FixResult) {
  return {
    fix: {
      dryRun: dryRun ?? false,
      planned: files.reduce((sum, { changes }) => sum + changes.length, 0),
      refused: refused.reduce((sum, { changes }) => sum + changes, 0),
      repaired: result?.changes ?? 0,
      files: result?.files ?? 0,
      backup: result?.backup ?? null,
    },
  };
}
