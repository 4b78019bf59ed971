import { IactError, messageOf } from '../core/index.ts';
import { type MasterIndex, type ObservationId, parseMasterIndex } from '../gadf/index.ts';
import { readText, type Source } from '../storage/index.ts';
import { CATALOGUE } from './catalogue.ts';
import { checkDataFiles } from './check-data-files.ts';
import { DatasetCheck, type ObservationSummary } from './check-dataset.ts';
import { checkFile } from './check-file.ts';
import type { DatasetFacts, StoreFacts } from './facts.ts';
import type { Finding, Severity } from './finding.ts';
import { groupsByFiles, ListedFiles } from './listed-files.ts';
import { type OpenedDataset, openDataset } from './read-dataset.ts';
import type { FileContent } from './read-file.ts';
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
  /**
   * Told of every finding: those of the master index, of each dataset's indexes, and of its files, in this order. Datasets
   * that have files in common count as one.
   */
  readonly onFinding: (finding: Finding) => void;
  /** Told of every rule that failed. */
  readonly onFailure: (failure: RuleFailure) => void;
  readonly onObservation?: (summary: ObservationSummary) => void;
  /** Told how many data files there are, when the indexes were read. */
  readonly onPlan?: (files: number) => void;
  /** Told of every data file that was checked, once; its size is 0 if it is not there, or not known. */
  readonly onFile?: (path: string, sizeBytes: number) => void;
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
  const { rules = CATALOGUE, dataset: wanted, signal } = options;
  const store = await readMaster(source, masterName, options);
  const run = new StoreRun(source, rules, options);
  if (wanted === undefined) run.deliver(runStoreRules(store, rules));
  else requireDataset(store, wanted);
  const opened: OpenedDataset[] = [];
  for (const [position, entry] of store.master?.datasets.entries() ?? []) {
    if (wanted === undefined || entry.name === wanted) opened.push(await openDataset(store, entry, position, signal));
  }
  const groups = groupsByFiles(opened, ({ parts }) => parts.map(({ rows }) => rows)).map((datasets) => ({
    datasets,
    files: new ListedFiles(datasets.flatMap(({ parts }) => parts.map(({ rows }) => rows))),
  }));
  options.onPlan?.(groups.reduce((sum, { files }) => sum + files.count, 0));
  for (const { datasets, files } of groups) await run.check(datasets, files);
  return run.totals;
}

/** Adds up what is found in the datasets of a store. */
class StoreRun {
  private readonly counts: Record<Severity, number> = { error: 0, warning: 0, note: 0 };
  private readonly source: Source;
  private readonly rules: readonly Rule[];
  private readonly options: CheckOptions;
  private failures = 0;
  private observations = 0;
  private files = 0;

  constructor(source: Source, rules: readonly Rule[], options: CheckOptions) {
    this.source = source;
    this.rules = rules;
    this.options = options;
  }

  get totals(): CheckTotals {
    const { counts, failures, observations, files } = this;
    return { counts, failures, observations, files };
  }

  deliver(list: FindingList, isNew: (finding: Finding) => boolean = always): void {
    for (const finding of list.findings.filter(isNew)) {
      this.counts[finding.severity] += 1;
      this.options.onFinding(finding);
    }
    this.failures += list.failures.length;
    for (const failure of list.failures) this.options.onFailure(failure);
  }

  /** Checks datasets that have files in common, or one that has none. */
  async check(datasets: readonly OpenedDataset[], files: ListedFiles): Promise<void> {
    const { source, rules, options } = this;
    const { fast = false, signal } = options;
    const reading = { source, rules, fast, signal };
    const checks: DatasetCheck[] = [];
    const ends: (() => void)[] = [];
    for (const { parts, files: indexFiles } of datasets) {
      for (const file of indexFiles) {
        for (const list of await checkFile([{ file, observationOf: () => undefined }], rules, reading)) {
          this.deliver(list);
        }
      }
      // What several HDU indexes of a file have in common is told and counted once.
      const isOne = parts.length === 1;
      const isNew = isOne ? always : firstOnly<Finding>((finding) => JSON.stringify(finding));
      const summaries = new Map<ObservationId, ObservationSummary>();
      const onObservation = (summary: ObservationSummary): void => {
        if (isOne) options.onObservation?.(summary);
        else summaries.set(summary.obsId, joined(summaries.get(summary.obsId), summary));
      };
      const receiver = { deliver: (list: FindingList) => this.deliver(list, isNew), onObservation };
      for (const dataset of parts) receiver.deliver(runDatasetRules(dataset, rules));
      checks.push(...parts.map((dataset) => new DatasetCheck(dataset, rules, receiver)));
      ends.push(() => {
        for (const summary of summaries.values()) options.onObservation?.(summary);
      });
      this.observations += new Set(parts.flatMap((dataset) => [...dataset.observations.keys()])).size;
    }
    const onFile = ({ path, info }: FileContent): void => {
      this.files += 1;
      options.onFile?.(path, info?.sizeBytes ?? 0);
    };
    await checkDataFiles(files, checks, { ...reading, readsAtOnce: READS_AT_ONCE, onFile });
    for (const end of ends) end();
  }
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
