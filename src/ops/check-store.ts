import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { IactError, nearestNames } from '../core/index.ts';
import { parseLocation, type Source } from '../storage/index.ts';
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
  /** What a repair changes; `null` if there is none. */
  readonly repairs: string | null;
};

/** All rules, in the order in which they are applied. */
export function listRules(): RuleDescription[] {
  return CATALOGUE.map((rule) => {
    const { code, severity, title, detail, clause, repairs = null } = rule;
    return { code, severity, title, detail, clause, fast: isFast(rule), repairs };
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
    return await checkStoreFiles(source, masterName, { ...options, rules, roots: await namesOfRoot(source) });
  } finally {
    await source.close();
  }
}

/** Absolute paths of the folder of a store, as far as it is one of this machine. */
export async function namesOfRoot({ uri }: Pick<Source, 'uri'>): Promise<string[]> {
  const location = parseLocation(uri);
  if (location.kind !== 'local') return [];
  const given = resolve(location.path);
  const real = await realpath(given).catch(() => given);
  return [...new Set([given, real])];
}

export function chooseRules(only: readonly string[] | undefined, ignore: readonly string[] = []): Rule[] {
  const codes = CATALOGUE.map(({ code }) => code);
  for (const code of [...(only ?? []), ...ignore]) {
    if (codes.includes(code)) continue;
    const near = nearestNames(code, codes).map((each) => `"${each}"`);
    const hint = near.length === 0 ? '"iact check --list-rules" lists them.' : `Did you mean ${near.join(' or ')}?`;
    throw new IactError('usage', `There is no rule "${code}". ${hint}`);
  }
  return CATALOGUE.filter(({ code }) => (only === undefined || only.includes(code)) && !ignore.includes(code));
}
