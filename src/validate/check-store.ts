import { IactError, messageOf } from '../core/index.ts';
import { type MasterIndex, type ObservationId, parseMasterIndex } from '../gadf/index.ts';
import { readText, type Source } from '../storage/index.ts';
import { CATALOGUE } from './catalogue.ts';
import { checkDataFiles, type ObservationSummary } from './check-dataset.ts';
import { checkFile } from './check-file.ts';
import type { DatasetFacts, StoreFacts } from './facts.ts';
import type { Finding, Severity } from './finding.ts';
import { openDataset } from './read-dataset.ts';
import { FindingList, type RuleFailure } from './reporter.ts';
import type { Rule } from './rule.ts';

export interface CheckOptions {
  /** Read indexes and headers only. */
  readonly fast?: boolean;
  /** Only this dataset. */
  readonly dataset?: string | undefined;
  /** Absolute paths that mean the root of the store: names of one folder of this machine. */
  readonly roots?: readonly string[];
  /** Default: all of the catalogue. */
  readonly rules?: readonly Rule[];
  /** Told of every finding: those of the master index, of each dataset's indexes, and of its files, in this order. */
  readonly onFinding: (finding: Finding) => void;
  /** Told of every rule that failed. */
  readonly onFailure: (failure: RuleFailure) => void;
  readonly onObservation?: (summary: ObservationSummary) => void;
  /** Told of every data file that was checked, once. */
  readonly onFile?: () => void;
  readonly signal?: AbortSignal | undefined;
}

export interface CheckTotals {
  readonly counts: Readonly<Record<Severity, number>>;
  /** Rules that failed. */
  readonly failures: number;
  readonly observations: number;
  readonly files: number;
}

/** More gain little: rules take more time than reading, and memory holds what was read. */
const READS_AT_ONCE = 4;

/**
 * Checks a store by rules, and never stops at what it finds.
 *
 * @throws {IactError} `unreachable`, or `cancelled`; `not-found` if there is no master index or no such dataset.
 */
export async function checkStoreFiles(source: Source, masterName: string, options: CheckOptions): Promise<CheckTotals> {
  const { rules = CATALOGUE, fast = false, signal } = options;
  const counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
  let [failures, observations, files] = [0, 0, 0];
  const deliver = (list: FindingList, isNew: (finding: Finding) => boolean = always): void => {
    for (const finding of list.findings.filter(isNew)) {
      counts[finding.severity] += 1;
      options.onFinding(finding);
    }
    failures += list.failures.length;
    for (const failure of list.failures) options.onFailure(failure);
  };
  const store = await readMaster(source, masterName, options);
  if (options.dataset === undefined) deliver(runStoreRules(store, rules));
  if (options.dataset !== undefined) requireDataset(store, options.dataset);
  const entries = [...(store.master?.datasets ?? []).entries()].filter(
    ([, { name }]) => options.dataset === undefined || name === options.dataset,
  );
  for (const [position, entry] of entries) {
    const { parts, files: indexFiles } = await openDataset(store, entry, position, signal);
    for (const file of indexFiles) deliver(await checkFile(file, rules, () => undefined, { source, fast, signal }));
    // What several HDU indexes of a file have in common is told and counted once.
    const isOne = parts.length === 1;
    const isNew = isOne ? always : firstOnly<Finding>((finding) => JSON.stringify(finding));
    const isNewFile = isOne ? always : firstOnly<string>((path) => path);
    const summaries = new Map<ObservationId, ObservationSummary>();
    const onObservation = (summary: ObservationSummary): void => {
      if (isOne) options.onObservation?.(summary);
      else summaries.set(summary.obsId, joined(summaries.get(summary.obsId), summary));
    };
    for (const dataset of parts) deliver(runDatasetRules(dataset, rules), isNew);
    for (const dataset of parts)
      await checkDataFiles({
        dataset,
        rules,
        fast,
        readsAtOnce: READS_AT_ONCE,
        signal,
        deliver: (list) => deliver(list, isNew),
        onFile: (path) => {
          if (!isNewFile(path)) return;
          files += 1;
          options.onFile?.();
        },
        onObservation,
      });
    for (const summary of summaries.values()) options.onObservation?.(summary);
    observations += new Set(parts.flatMap((dataset) => [...dataset.observations.keys()])).size;
  }
  return { counts, failures, observations, files };
}

const always = (): boolean => true;

/** Whether it is the first one with its key. */
function firstOnly<T>(keyOf: (each: T) => unknown): (each: T) => boolean {
  const seen = new Set<unknown>();
  return (each) => seen.size < seen.add(keyOf(each)).size;
}

/** What several HDU indexes have for an observation. */
function joined(known: ObservationSummary | undefined, other: ObservationSummary): ObservationSummary {
  if (known === undefined) return other;
  const missing = [...new Set([...known.missing, ...other.missing])].sort();
  return { ...known, hdus: { ...other.hdus, ...known.hdus }, missing };
}

function runDatasetRules(dataset: DatasetFacts, rules: readonly Rule[]): FindingList {
  const list = new FindingList();
  for (const rule of rules) {
    const { dataset: check } = rule.checks;
    if (check !== undefined) list.run(rule, dataset.place, (report) => check(dataset, report));
  }
  return list;
}

function requireDataset({ master, place, masterFault }: StoreFacts, name: string): void {
  if (masterFault !== undefined) throw new IactError('bad-data', masterFault, { uri: place.uri });
  const names = master?.datasets.flatMap((each) => each.name ?? []) ?? [];
  if (names.includes(name)) return;
  const list = names.map((each) => `"${each}"`).join(', ');
  throw new IactError('not-found', `There is no dataset "${name}" in "${place.uri}". It has: ${list || 'none'}.`, {
    uri: place.uri,
  });
}

function runStoreRules(store: StoreFacts, rules: readonly Rule[]): FindingList {
  const list = new FindingList();
  for (const rule of rules) {
    const { store: check } = rule.checks;
    if (check !== undefined) list.run(rule, store.place, (report) => check(store, report));
  }
  return list;
}

async function readMaster(source: Source, masterName: string, options: CheckOptions): Promise<StoreFacts> {
  const { fast = false, roots = [] } = options;
  const uri = source.uriOf(masterName);
  const facts = (master: MasterIndex | undefined, masterFault: string | undefined): StoreFacts => ({
    source,
    place: { uri },
    master,
    masterFault,
    roots,
    fast,
  });
  try {
    return facts(parseMasterIndex(await readText(source, masterName), uri), undefined);
  } catch (error) {
    if (!(error instanceof IactError) || error.code !== 'bad-data') throw error;
    return facts(undefined, messageOf(error));
  }
}
