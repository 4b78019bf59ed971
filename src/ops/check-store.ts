import { IactError, nearestNames } from '../core/index.ts';
import { parseLocation } from '../storage/index.ts';
import {
  CATALOGUE,
  type CheckOptions,
  type CheckTotals,
  checkStoreFiles,
  isFast,
  type Rule,
} from '../validate/index.ts';
import type { Access } from './access.ts';
import { locateStore } from './locate-store.ts';

export type { CheckTotals, Finding, ObservationSummary, RuleFailure, Severity } from '../validate/index.ts';
export { SEVERITIES } from '../validate/index.ts';

export interface CheckRequest extends Omit<CheckOptions, 'rules'> {
  /** Codes of the rules to apply; all if absent. */
  readonly only?: readonly string[] | undefined;
  /** Codes of rules to leave out. */
  readonly ignore?: readonly string[] | undefined;
}

/** What a rule is about, for listings. */
export type RuleDescription = Pick<Rule, 'code' | 'severity' | 'title' | 'detail' | 'clause'> & {
  readonly fast: boolean;
};

/** All rules, in the order in which they are applied. */
export function listRules(): RuleDescription[] {
  return CATALOGUE.map((rule) => {
    const { code, severity, title, detail, clause } = rule;
    return { code, severity, title, detail, clause, fast: isFast(rule) };
  });
}

/**
 * Checks a store, given as `locateStore` takes it. Broken data are findings; they never end it.
 *
 * @throws {IactError} `usage` for a rule that does not exist, `not-found` if there is no such store or dataset,
 *   `unreachable`, `cancelled`.
 */
export async function checkStore(place: string, request: CheckRequest, access?: Access): Promise<CheckTotals> {
  const { only, ignore, ...options } = request;
  const rules = chooseRules(only, ignore);
  const { source, masterName, hasMaster } = await locateStore(place, access);
  try {
    if (!hasMaster) {
      const uri = source.uriOf(masterName);
      const remedy = parseLocation(source.uri).kind === 'local' ? `; "iact init ${source.uri}" writes one` : '';
      throw new IactError('not-found', `"${source.uri}" has no master index "${masterName}"${remedy}.`, { uri });
    }
    return await checkStoreFiles(source, masterName, { ...options, rules });
  } finally {
    await source.close();
  }
}

function chooseRules(only: readonly string[] | undefined, ignore: readonly string[] = []): Rule[] {
  const codes = CATALOGUE.map(({ code }) => code);
  for (const code of [...(only ?? []), ...ignore]) {
    if (codes.includes(code)) continue;
    const near = nearestNames(code, codes).map((each) => `"${each}"`);
    const hint = near.length === 0 ? '"iact check --list-rules" lists them.' : `Did you mean ${near.join(' or ')}?`;
    throw new IactError('usage', `There is no rule "${code}". ${hint}`);
  }
  return CATALOGUE.filter(({ code }) => (only === undefined || only.includes(code)) && !ignore.includes(code));
}
