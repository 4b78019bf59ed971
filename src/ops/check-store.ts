import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { IactError, nearestNames } from '../core/index.ts';
import type { Source } from '../storage/index.ts';
import {
  CATALOGUE,
  type CheckOptions,
  type CheckTotals,
  checkStoreFiles,
  isFast,
  type Rule,
} from '../validate/index.ts';
import type { Access } from './access.ts';
import { localPathOf } from './local-place.ts';
import { implicitMaster, type LocatedStore, locateStore } from './locate-store.ts';
import { RearrangedSource } from './rearranged-source.ts';

export type { CheckTotals, Finding, ObservationSummary, RuleFailure, Severity } from '../validate/index.ts';
export { SEVERITIES } from '../validate/index.ts';

export interface CheckRequest extends Omit<CheckOptions, 'rules'> {
  /** Codes of the rules to apply; all if absent. */
  readonly only?: readonly string[] | undefined;
  /** Codes of rules to leave out. */
  readonly ignore?: readonly string[] | undefined;
  /** Told what is no fault and worth knowing of the store as a whole. */
  readonly onNote?: ((text: string) => void) | undefined;
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
 * Checks a store, given as `locateStore` takes it. Broken data are findings; they never end it. A store without master
 * index is checked by its index files.
 *
 * @throws {IactError} `usage` for a rule that does not exist, `not-found` if there is no such store or dataset,
 *   `unreachable`, `cancelled`.
 */
export async function checkStore(place: string, request: CheckRequest, access?: Access): Promise<CheckTotals> {
  const { only, ignore, onNote, ...options } = request;
  const rules = chooseRules(only, ignore);
  const found = await locateStore(place, access);
  const { source, masterName } = found;
  try {
    const checked = found.hasMaster ? source : await withMaster(found, onNote);
    return await checkStoreFiles(checked, masterName, { ...options, rules, roots: await namesOfRoot(source) });
  } finally {
    await source.close();
  }
}

/** A store without master index, as it would be with one. */
async function withMaster(found: LocatedStore, onNote: CheckRequest['onNote']): Promise<Source> {
  const { source, masterName, isFolder } = found;
  const master = new TextEncoder().encode(await implicitMaster(found));
  const remedy = isFolder ? `; "iact init ${source.uri}" writes one` : '';
  onNote?.(`"${source.uri}" has no master index "${masterName}"${remedy}. Its index files are checked.`);
  return new RearrangedSource(source, { made: new Map([[masterName, master]]), moved: new Map() });
}

/** Absolute paths of the folder of a store, as far as it is one of this machine. */
export async function namesOfRoot({ uri }: Pick<Source, 'uri'>): Promise<string[]> {
  const path = localPathOf(uri);
  if (path === undefined) return [];
  const given = resolve(path);
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
