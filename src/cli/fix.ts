import { IactError } from '../core/index.ts';
import {
  applyFix,
  askAtTerminal,
  type CheckTotals,
  checkStore,
  type Finding,
  type FixPlan,
  type FixResult,
  planFix,
} from '../ops/index.ts';
import { accessOf } from './access-options.ts';
import { type CheckCliOptions, requestOf } from './check-options.ts';
import { FindingGroups, failureText, findingLines, refuseErrors, summaryText, totalsRecord } from './check-output.ts';
import { planLines, repairsText } from './fix-output.ts';
import { counted } from './quantity.ts';
import type { Session } from './session.ts';

/** `iact check STORE --fix`: plans, asks, repairs, and checks again. */
export async function fix(place: string, options: CheckCliOptions, session: Session): Promise<void> {
  const { reporter } = session;
  if (!options.dryRun && !options.yes && !session.isTerminal) {
    const remedy = '--yes repairs without asking, and --dry-run shows what would change';
    throw new IactError('usage', `There is no terminal to ask at before repairing "${place}": ${remedy}.`);
  }
  const found = new Findings(session, options, 'violation');
  const plan = await planFix(
    place,
    { ...requestOf(options), ...found.hooks, signal: session.signal },
    accessOf(session, options),
  );
  for (const record of planRecords(plan)) reporter.record(record);
  if (plan.files.length === 0 && (plan.unfinished.length === 0 || options.dryRun)) {
    return found.finish(place, plan.totals, ['Nothing to repair', ...refusedLines(plan)], outcome(plan, options));
  }
  reporter.show([...planLines(plan, options.all ?? false)]);
  if (options.dryRun) {
    return found.finish(
      place,
      plan.totals,
      [`Would make ${repairsText(plan)}; nothing was written`],
      outcome(plan, options),
      false,
    );
  }
  if (!options.yes && !(await isConfirmed(plan))) {
    return found.finish(place, plan.totals, ['Nothing was changed'], outcome(plan, options), false);
  }
  reporter.progress({ type: 'phase', name: 'Repairing' });
  const result = await applyFix(plan, {
    program: 'iact check --fix',
    onFile: (path, bytes) => reporter.progress({ type: 'file', path, outcome: 'written', bytes }),
    signal: session.signal,
  });
  const left = new Findings(session, options, 'remaining');
  const totals = await checkStore(
    place,
    { ...requestOf(options), ...left.hooks, signal: session.signal },
    accessOf(session, options),
  );
  left.finish(place, totals, [...doneLines(result), ...left.againLines(place)], outcome(plan, options, result));
}

/** @throws {IactError} `cancelled` if there is no answer: an interrupt, or the end of the input. */
async function isConfirmed(plan: FixPlan): Promise<boolean> {
  const question =
    plan.files.length === 0 ? 'Complete the repair that was stopped?' : `Apply these ${repairsText(plan)}?`;
  const answer = await askAtTerminal(`${question} [y/N] `, false);
  if (answer === undefined) throw new IactError('cancelled', 'There was no answer; nothing was changed.');
  return /^\s*y(es)?\s*$/i.test(answer);
}

/** What a check finds, for people in groups, for programs as it comes. */
class Findings {
  readonly hooks;
  private readonly groups = new FindingGroups();
  private readonly session: Session;
  private readonly options: CheckCliOptions;
  private repairable = 0;

  private readonly each: Finding[] = [];

  constructor(session: Session, options: CheckCliOptions, event: 'violation' | 'remaining') {
    const { reporter } = session;
    this.session = session;
    this.options = options;
    this.hooks = {
      onFinding: (finding: Finding): void => {
        reporter.record({ event, finding: { ...finding, repair: finding.repair ?? null } });
        if (finding.repair !== undefined) this.repairable += 1;
        if (options.all) this.each.push(finding);
        else this.groups.add(finding);
      },
      onFailure: (failure: Parameters<typeof failureText>[0]): void => reporter.warning(failureText(failure)),
    };
  }

  /** Ends the command as `iact check` does. */
  finish(place: string, totals: CheckTotals, lines: readonly string[], record: object, withFindings = true): void {
    const found = this.options.all
      ? this.each.flatMap((finding) => [...findingLines(finding)])
      : [...this.groups.lines()];
    this.session.reporter.finish({
      command: 'check',
      data: { ...totalsRecord(place, totals), ...record },
      lines: [...(withFindings ? found : []), ...lines, summaryText(totals, this.options)],
    });
    refuseErrors(place, totals);
  }

  /** What was repaired may have brought other faults to light. */
  againLines(place: string): string[] {
    if (this.repairable === 0) return [];
    return [`${counted(this.repairable, 'finding')} can be repaired now: run "iact check ${place} --fix" again`];
  }
}

function doneLines({ files, changes, backup }: FixResult): string[] {
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
