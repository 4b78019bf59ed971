import { messageOf } from '../core/index.ts';
import type { Finding, Place, Report } from './finding.ts';
import type { Rule } from './rule.ts';

/** A rule of ours that failed: not a fault of the data. */
export interface RuleFailure {
  readonly code: string;
  readonly place: Place;
  readonly message: string;
}

/** Runs hooks of rules: collects their findings, and what a rule throws, without ever throwing itself. */
export class FindingList {
  readonly findings: Finding[] = [];
  readonly failures: RuleFailure[] = [];

  /** @param place where a failure is told if the rule throws. */
  run(rule: Rule, place: Place, check: (report: Report) => void): void {
    try {
      check((where, detail) => this.findings.push(this.finding(rule, where, detail)));
    } catch (error) {
      this.failures.push({ code: rule.code, place, message: messageOf(error) });
    }
  }

  private finding(rule: Rule, place: Place, detail: Parameters<Report>[1]): Finding {
    const { repair, ...rest } = detail;
    const finding = { ...place, code: rule.code, severity: rule.severity, clause: rule.clause, ...rest };
    return repair === undefined ? finding : { ...finding, repair };
  }
}
