import { Command } from 'commander';
import { IactError } from '../core/index.ts';
import { type CheckRequest, checkStore, listRules } from '../ops/index.ts';
import { accessOf, addAccessOptions } from './access-options.ts';
import { type CheckCliOptions, requestOf } from './check-options.ts';
import { FindingOutput, ObservationGroups, refuseErrors, summaryText, totalsRecord } from './check-output.ts';
import { fix } from './fix.ts';
import type { Session, SessionHost } from './session.ts';

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
    .option('--list-rules', 'list the rules and check nothing')
    .option('--fix', 'repair what is certain, after showing what will change; originals are kept')
    .option('--dry-run', 'with --fix: show what would change, and write nothing')
    .option('--yes', 'with --fix: repair without asking');
  return addAccessOptions(command).action(
    async (place: string | undefined, options: CheckCliOptions, self: Command) => {
      const session = host.open(self);
      if (options.listRules) return tellRules(session);
      if (place === undefined) throw new IactError('usage', 'Which store? Give its directory, URL or master.json.');
      if (options.fix) return fix(place, options, session);
      if (options.dryRun || options.yes) throw new IactError('usage', '--dry-run and --yes go with --fix.');
      await check(place, options, session);
    },
  );
}

async function check(place: string, options: CheckCliOptions, session: Session): Promise<void> {
  const { reporter } = session;
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
  };
  const totals = await checkStore(place, request, accessOf(session, options));
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
  reporter.finish({ command: 'check', data: { rules }, lines });
}
