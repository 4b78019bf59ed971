import { IactError } from '../core/index.ts';
import { type CheckRequest, checkStore, listRules } from '../ops/index.ts';
import { type CheckCliOptions, requestOf } from './check-options.ts';
import {
  FindingOutput,
  ObservationGroups,
  refuseErrors,
  rulesRecord,
  summaryText,
  totalsRecord,
} from './check-output.ts';
import { checkProgress } from './check-progress.ts';
import type { Session } from './session.ts';
import { accessOf } from './session-access.ts';

/** Lists the rules, checks, or repairs: what the options say. */
export async function runCheck(place: string | undefined, options: CheckCliOptions, session: Session): Promise<void> {
  if (options.listRules) return tellRules(session);
  if (place === undefined) throw new IactError('usage', 'Which store? Give its directory, URL or master.json.');
  if (options.fix) {
    const { fix } = await import('./fix.ts');
    return fix(place, options, session);
  }
  if (options.dryRun || options.yes) throw new IactError('usage', '--dry-run and --yes go with --fix.');
  await check(place, options, session);
}

async function check(place: string, options: CheckCliOptions, session: Session): Promise<void> {
  const { reporter, signal } = session;
  const findings = new FindingOutput(reporter, options, 'violation');
  const observations = new ObservationGroups();
  const request: CheckRequest = {
    ...requestOf(options),
    onFinding: findings.onFinding,
    onFailure: findings.onFailure,
    onNote: (text) => reporter.note(text),
    onObservation: (summary) => {
      reporter.record({ event: 'checked', observation: summary });
      observations.add(summary);
    },
    ...checkProgress(reporter, 'Checking'),
    signal,
  };
  const totals = await checkStore(place, request, { ...accessOf(session, options), signal });
  const summary = summaryText(totals, options);
  reporter.finish({
    command: 'check',
    data: totalsRecord(place, totals),
    lines: [...findings.lines(), ...observations.lines(), summary],
  });
  refuseErrors(place, totals);
}

function tellRules({ reporter }: Session): void {
  const rules = listRules();
  const lines = rules.map(({ code, severity, title }) => `${code.padEnd(24)} ${severity.padEnd(8)} ${title}`);
  reporter.finish({ command: 'check', data: rulesRecord(rules), lines });
}
