import { IactError } from '../../core/index.ts';
import { LocalDestination } from '../../storage/index.ts';
import { type CheckTotals, checkStoreFiles, type Finding, type Severity } from '../../validate/index.ts';
import type { Access } from '../access.ts';
import { type CheckRequest, chooseRules, namesOfRoot } from '../check-store.ts';
import { isLocalPlace } from '../local-place.ts';
import { locateStore } from '../locate-store.ts';
import { FixPlanner, type PlannedFiles } from './fix-planner.ts';
import { WatchedSource } from './watched-source.ts';

/** What a repair would do with a store. */
export interface FixPlan extends PlannedFiles {
  /** The folder of the store. */
  readonly directory: string;
  /** What was found, and how much of it no repair is for, by severity and rule. */
  readonly totals: CheckTotals;
  readonly left: ReadonlyMap<Severity, ReadonlyMap<string, number>>;
}

/** Whether a finding can be repaired, as far as this plan does not know that it cannot. */
export function canRepair({ refusedUris }: FixPlan, finding: Finding): boolean {
  return finding.repair !== undefined && !refusedUris.has((finding.repair.at ?? finding).uri);
}

/**
 * Checks a store, and plans what of it is repaired. Every change is tried in memory. Writes nothing.
 *
 * @throws {IactError} as `checkStore`; `not-found` for a store without master index, too; `usage` for one that is not in a
 *   folder of this machine; `changed` for a file that was written to meanwhile.
 */
export async function planFix(place: string, request: CheckRequest, access?: Access): Promise<FixPlan> {
  const { directory, masterName } = await locateFolder(place, access);
  const destination = new LocalDestination(directory);
  const watched = new WatchedSource(destination);
  const { only, ignore, onFinding, ...options } = request;
  const rules = chooseRules(only, ignore);
  const repairable: Finding[] = [];
  const left = new Map<Severity, Map<string, number>>();
  const totals = await checkStoreFiles(watched, masterName, {
    ...options,
    rules,
    roots: await namesOfRoot(destination),
    onFinding: (finding) => {
      onFinding(finding);
      if (finding.repair !== undefined) repairable.push(finding);
      else count(left, finding);
    },
  });
  const planner = new FixPlanner(destination, masterName, watched.opened, options.signal);
  return { directory, totals, left, ...(await planner.plan(repairable)) };
}

async function locateFolder(
  place: string,
  access: Access | undefined,
): Promise<{ directory: string; masterName: string }> {
  const refuse = (what: string): IactError => {
    const remedy = 'Copy it with "iact copy" first, and repair the copy';
    return new IactError(
      'usage',
      `Only a store in a folder of this machine can be repaired; "${place}" is ${what}. ${remedy}.`,
    );
  };
  if (!isLocalPlace(place)) throw refuse('somewhere else');
  const { source, masterName, hasMaster, isFolder } = await locateStore(place, access);
  await source.close();
  if (!isFolder) throw refuse('in an archive');
  if (hasMaster) return { directory: source.uri, masterName };
  const uri = source.uriOf(masterName);
  const message = `"${source.uri}" has no master index "${masterName}"; "iact init ${source.uri}" writes one.`;
  throw new IactError('not-found', message, { uri });
}

function count(left: Map<Severity, Map<string, number>>, { severity, code }: Finding): void {
  const codes = left.get(severity) ?? new Map<string, number>();
  left.set(severity, codes.set(code, (codes.get(code) ?? 0) + 1));
}
