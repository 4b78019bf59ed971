import { Command } from 'commander';
import { IactError } from '../core/index.ts';
import { type CheckRequest, checkStore, listRules } from '../ops/index.ts';
import { type AccessCliOptions, accessOf, addAccessOptions } from './access-options.ts';
import { countsText, FindingGroups, failureText, findingLines, ObservationGroups } from './check-output.ts';
import { counted } from './quantity.ts';
import type { Session, SessionHost } from './session.ts';

interface CheckCliOptions extends AccessCliOptions {
  readonly dataset?: string;
  readonly fast?: boolean;
  readonly rule?: string;
  readonly ignore?: string;
  readonly all?: boolean;
  readonly listRules?: boolean;
}

/** `iact check STORE` */
export function checkCommand(host: SessionHost): Command {
  const command = new Command('check')
    .description('Check a store against the FITS standard and the GADF specification.')
    .argument('[store]', 'directory or URL of the store, its master.json, or an archive')
    .option('--dataset <name>', 'only this dataset')
    .option('--fast', 'indexes and headers only, not the data')
    .option('--rule <codes>', 'only these rules, with commas between them')
    .option('--ignore <codes>', 'all but these rules')
    .option('--all', 'every finding on its own, not one for each kind')
    .option('--list-rules', 'list the rules and check nothing');
  return addAccessOptions(command).action(
    async (place: string | undefined, options: CheckCliOptions, self: Command) => {
      const session = host.open(self);
      if (options.listRules) return tellRules(session);
      if (place === undefined) throw new IactError('usage', 'Which store? Give its directory, URL or master.json.');
      await check(place, options, session);
    },
  );
}

function requestOf({ dataset, fast, rule, ignore }: CheckCliOptions): Omit<CheckRequest, 'onFinding' | 'onFailure'> {
  const codes = (text: string | undefined): string[] | undefined =>
    text?.split(',').flatMap((code) => (code.trim() === '' ? [] : [code.trim()]));
  return { dataset, fast: fast === true, only: codes(rule), ignore: codes(ignore) };
}

/** Findings are told as they come, or counted by kind, so that memory does not hold them. */
async function check(place: string, options: CheckCliOptions, session: Session): Promise<void> {
  const { reporter } = session;
  const findings = new FindingGroups();
  const observations = new ObservationGroups();
  const request: CheckRequest = {
    ...requestOf(options),
    onFinding: (finding) => {
      reporter.record({ event: 'violation', finding: { ...finding, repair: finding.repair ?? null } });
      if (options.all) reporter.show(findingLines(finding));
      else findings.add(finding);
    },
    onFailure: (failure) => reporter.warning(failureText(failure)),
    onObservation: (summary) => {
      reporter.record({ event: 'checked', observation: summary });
      observations.add(summary);
    },
  };
  const totals = await checkStore(place, request, accessOf(session, options));
  const { counts, failures } = totals;
  const summary = `${countsText(totals)} in ${counted(totals.files, 'data file')}`;
  reporter.finish({
    command: 'check',
    data: {
      store: place,
      errors: counts.error,
      warnings: counts.warning,
      notes: counts.note,
      failures,
      files: totals.files,
      observations: totals.observations,
    },
    lines: [...findings.lines(), ...observations.lines(), `${summary}${options.fast ? ' (headers only)' : ''}`],
  });
  if (counts.error === 0 && failures === 0) return;
  const failed = failures === 0 ? '' : ` Rules failed ${failures} times.`;
  throw new IactError('incomplete', `"${place}" has ${countsText(totals)}.${failed}`, { uri: place });
}

function tellRules({ reporter }: Session): void {
  const rules = listRules();
  const lines = rules.map(({ code, severity, title }) => `${code.padEnd(24)} ${severity.padEnd(8)} ${title}`);
  reporter.finish({ command: 'check', data: { rules }, lines });
}
