import type { ObservationId } from '../gadf/index.ts';
import { isNamedHdu } from '../gadf/index.ts';
import { checkFile, MAX_TABLE_BYTES, singleObservation } from './check-file.ts';
import type { DatasetFacts, FileFacts, HduFacts, ListedHdu, ObservationFacts } from './facts.ts';
import { headerNumber } from './header-values.ts';
import { inOrder } from './in-order.ts';
import { pathInside } from './index-rows.ts';
import { LearntObservations, learn, observationFacts, observationsOf, readGoodTime } from './learnt.ts';
import { type ListedFile, ListedFiles } from './listed-files.ts';
import { readFile } from './read-file.ts';
import { FindingList } from './reporter.ts';
import type { Rule } from './rule.ts';

/** What a dataset has for an observation. */
export interface ObservationSummary {
  readonly dataset: string;
  readonly obsId: ObservationId;
  /** HDU_CLASS by HDU_TYPE of what is there. */
  readonly hdus: Readonly<Record<string, string>>;
  /** HDU_TYPE of what the index lists and what is not there. */
  readonly missing: readonly string[];
}

export interface DatasetRun {
  readonly dataset: DatasetFacts;
  readonly rules: readonly Rule[];
  readonly fast: boolean;
  readonly readsAtOnce: number;
  readonly signal?: AbortSignal | undefined;
  readonly deliver: (list: FindingList) => void;
  readonly onFile: (path: string) => void;
  readonly onObservation: (summary: ObservationSummary) => void;
}

/** Rows that are read first, so that they are known when the events are looked at. */
const EVENT_TYPE = 'events';
const HEADER_TYPES: ReadonlySet<string> = new Set(['events', 'gti', 'pointing']);
/** Of an observation without these the effective area tells whether it needs a point spread function. */
const SPREAD_TYPES: ReadonlySet<string> = new Set(['psf', 'rad_max']);

/** Checks the data files of a dataset, each once; files without events come first. */
export async function checkDataFiles(run: DatasetRun): Promise<void> {
  const { dataset } = run;
  const files = new ListedFiles(dataset.rows);
  const known = new LearntObservations();
  for (let file = 0; file < files.count; file++) known.expect(idsOf(dataset, files.at(file).rows));
  const sums = new TotalSums();
  const finish = (id: ObservationId): void => {
    const facts = observationFacts(dataset, id, known.take(id));
    sums.add(facts);
    run.deliver(checkObservation(facts, run.rules));
    run.onObservation(summarize(facts));
  };
  for (const id of dataset.observations.keys()) if (!known.has(id)) finish(id);
  const hasEvents = Array.from({ length: files.count }, (_, file) =>
    files.at(file).rows.some((row) => dataset.rows.type(row).toLowerCase() === EVENT_TYPE),
  );
  for (const wanted of [false, true]) {
    const part = Uint32Array.from(hasEvents.keys()).filter((file) => hasEvents[file] === wanted);
    const results = inOrder(part, run.readsAtOnce, (file) => readAndCheck(run, files.at(file), known));
    for await (const { file, rows, list } of results) {
      learn(file, (id) => known.learning(id));
      markPresence(file, rows, dataset, known);
      run.deliver(list);
      run.onFile(file.path);
      for (const id of idsOf(dataset, rows)) if (known.isLast(id)) finish(id);
    }
  }
  if (!dataset.isPart) run.deliver(sums.check(dataset, run.rules));
}

function idsOf({ rows: cells }: DatasetFacts, rows: readonly number[]): Set<ObservationId> {
  return new Set(rows.map((row) => cells.id(row)));
}

async function readAndCheck(
  run: DatasetRun,
  { path, rows }: ListedFile,
  known: LearntObservations,
): Promise<{ file: FileFacts; rows: readonly number[]; list: FindingList }> {
  const { dataset, fast, signal } = run;
  const { source } = dataset.store;
  const cells = dataset.rows;
  const listed = rows.map(
    (row): ListedHdu => ({
      row,
      id: cells.id(row),
      hduName: cells.hduName(row),
      hduClass: cells.hduClass(row),
      sizeBytes: cells.sizeBytes(row),
      md5: cells.md5(row),
    }),
  );
  const absolute = cells.absolutePath(rows[0] as number);
  const file = await readFile({
    source,
    dataset: dataset.name,
    path,
    elsewhere: absolute && pathInside(dataset.store.roots, absolute),
    role: 'data',
    index: dataset.hduIndex?.place,
    listed,
    ...(fast && { headersOf: neededHeaders(dataset, listed) }),
    maxTableBytes: MAX_TABLE_BYTES,
    md5: !fast && rows.some((row) => cells.md5(row) !== ''),
    signal,
  });
  const observationOf = (hdu: HduFacts): ObservationFacts | undefined => {
    const id = singleObservation(observationsOf(hdu, file));
    const learnt = id === undefined ? undefined : known.learning(id);
    if (id === undefined || learnt === undefined) return undefined;
    return withGoodTime(observationFacts(dataset, id, learnt), file, id);
  };
  return { file, rows, list: await checkFile(file, run.rules, observationOf, { source, fast, signal }) };
}

/** The HDUs up to which a file is read where only what is needed is: all of a file of responses. */
function neededHeaders({ rows, observations }: DatasetFacts, listed: readonly ListedHdu[]): readonly ListedHdu[] {
  const typeOf = (row: number): string => rows.type(row).toLowerCase();
  const first = listed.filter(({ row }) => HEADER_TYPES.has(typeOf(row)));
  if (first.length === 0) return listed;
  const lacksSpread = (id: ObservationId): boolean =>
    observations.get(id)?.hduRows.some((row) => SPREAD_TYPES.has(typeOf(row))) !== true;
  return [...first, ...listed.filter(({ row, id }) => typeOf(row) === 'aeff' && lacksSpread(id))];
}

/** The good time of an observation stands in the same file as its events, mostly. */
function withGoodTime(facts: ObservationFacts, file: FileFacts, id: ObservationId): ObservationFacts {
  if (facts.goodTime !== undefined) return facts;
  const gti = file.hdus.find((hdu) => hdu.format?.type === 'gti' && observationsOf(hdu, file).includes(id));
  return { ...facts, goodTime: gti && readGoodTime(gti) };
}

function markPresence(
  file: FileFacts,
  rows: readonly number[],
  { rows: cells }: DatasetFacts,
  known: LearntObservations,
): void {
  const wholeFile =
    file.complete || file.info === undefined || file.unreadable !== undefined || file.fault !== undefined;
  const present = new Map<string, boolean>();
  for (const row of rows) {
    const name = cells.hduName(row);
    if (!present.has(name))
      present.set(
        name,
        file.hdus.some((hdu) => isNamedHdu(hdu, name)),
      );
    if (wholeFile && !present.get(name)) known.learning(cells.id(row))?.absent.add(row);
  }
}

function checkObservation(facts: ObservationFacts, rules: readonly Rule[]): FindingList {
  const list = new FindingList();
  const place = facts.events?.place ?? { ...facts.dataset.place, obsId: facts.id };
  for (const rule of rules) {
    const { observation } = rule.checks;
    if (observation !== undefined) list.run(rule, place, (report) => observation(facts, report));
  }
  return list;
}

function summarize({ dataset, id, hduRows, found }: ObservationFacts): ObservationSummary {
  const listed = new Set(hduRows.map((row) => dataset.rows.type(row).toLowerCase()));
  return {
    dataset: dataset.name,
    obsId: id,
    hdus: Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1))),
    missing: [...listed].filter((type) => type !== '' && !found.has(type)).sort(),
  };
}

class TotalSums {
  private observations = 0;
  private events: number | undefined = 0;
  private ontimeSeconds: number | undefined = 0;

  /** An observation without an event list may have been counted by whoever counted. */
  add({ events, obsRow }: ObservationFacts): void {
    if (obsRow !== undefined) this.observations += 1;
    const ontime = events && headerNumber(events.header, 'ONTIME');
    this.events = events && this.events !== undefined ? this.events + events.rowCount : undefined;
    this.ontimeSeconds =
      ontime !== undefined && this.ontimeSeconds !== undefined ? this.ontimeSeconds + ontime : undefined;
  }

  check(dataset: DatasetFacts, rules: readonly Rule[]): FindingList {
    const list = new FindingList();
    const observations = dataset.obsIndex && this.observations;
    const totals = { observations, events: this.events, ontimeSeconds: this.ontimeSeconds };
    for (const rule of rules) {
      const { totals: check } = rule.checks;
      if (check !== undefined) list.run(rule, dataset.place, (report) => check(dataset, totals, report));
    }
    return list;
  }
}
