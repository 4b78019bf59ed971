import type { ObservationId } from '../gadf/index.ts';
import { isNamedHdu } from '../gadf/index.ts';
import { type FileView, singleObservation } from './check-file.ts';
import type { DatasetFacts, FileFacts, HduFacts, ListedHdu, ObservationFacts } from './facts.ts';
import { type FileListing, fileFacts } from './file-facts.ts';
import { headerNumber } from './header-values.ts';
import { pathInside } from './index-rows.ts';
import { LearntObservations, learn, observationFacts, observationsOf, readGoodTime } from './learnt.ts';
import type { FileContent, FileRequest } from './read-file.ts';
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

/** Who is told of what a dataset has and lacks. */
export interface DatasetReceiver {
  readonly deliver: (list: FindingList) => void;
  readonly onObservation: (summary: ObservationSummary) => void;
}

/** What of a file is to be read for a dataset. */
export interface FileNeeds extends Pick<FileRequest, 'md5'> {
  readonly elsewhere: readonly string[];
  readonly headersOf: readonly ListedHdu[];
}

/** Rows that are read first, so that they are known when the events are looked at. */
const EVENT_TYPE = 'events';
const HEADER_TYPES: ReadonlySet<string> = new Set(['events', 'gti', 'pointing']);
/** Of an observation without these the effective area tells whether it needs a point spread function. */
const SPREAD_TYPES: ReadonlySet<string> = new Set(['psf', 'rad_max']);

/** What is learnt of a dataset while its data files are read, in any order but for events, which come last. */
export class DatasetCheck {
  readonly dataset: DatasetFacts;
  private readonly rules: readonly Rule[];
  private readonly receiver: DatasetReceiver;
  private readonly known = new LearntObservations();
  private readonly sums = new TotalSums();

  constructor(dataset: DatasetFacts, rules: readonly Rule[], receiver: DatasetReceiver) {
    this.dataset = dataset;
    this.rules = rules;
    this.receiver = receiver;
  }

  /** One more file will be read, which these rows name. */
  expect(rows: readonly number[]): void {
    this.known.expect(this.idsOf(rows));
  }

  /** All files are expected. */
  begin(): void {
    for (const id of this.dataset.observations.keys()) if (!this.known.has(id)) this.finish(id);
  }

  hasEvents(rows: readonly number[]): boolean {
    return rows.some((row) => this.dataset.rows.type(row).toLowerCase() === EVENT_TYPE);
  }

  /** Whether another HDU index is of the same dataset. */
  isBeside({ dataset }: DatasetCheck): boolean {
    return dataset !== this.dataset && dataset.position === this.dataset.position;
  }

  /** What these rows say of the file that they name. */
  listing(rows: readonly number[]): FileListing {
    const { name, store, hduIndex, rows: cells } = this.dataset;
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
    const elsewhere = absolute && pathInside(store.roots, absolute);
    return { role: 'data', dataset: name, index: hduIndex?.place, listed, elsewhere };
  }

  /** What of a file is to be read. */
  needs({ elsewhere, listed }: FileListing): FileNeeds {
    return {
      elsewhere: elsewhere === undefined ? [] : [elsewhere],
      headersOf: neededHeaders(this.dataset, listed),
      md5: listed.some(({ md5 }) => md5 !== ''),
    };
  }

  view(content: FileContent, listing: FileListing): FileView {
    const file = fileFacts(content, listing);
    return { file, observationOf: (hdu) => this.observationOf(hdu, file) };
  }

  /** Takes in what a file tells, and what was found in it. */
  take(file: FileFacts, rows: readonly number[], list: FindingList): void {
    learn(file, (id) => this.known.learning(id));
    markPresence(file, rows, this.dataset, this.known);
    this.receiver.deliver(list);
    for (const id of this.idsOf(rows)) if (this.known.isLast(id)) this.finish(id);
  }

  /** All files were read. */
  end(): void {
    if (!this.dataset.isPart) this.receiver.deliver(this.sums.check(this.dataset, this.rules));
  }

  private idsOf(rows: readonly number[]): Set<ObservationId> {
    return new Set(rows.map((row) => this.dataset.rows.id(row)));
  }

  private observationOf(hdu: HduFacts, file: FileFacts): ObservationFacts | undefined {
    const id = singleObservation(observationsOf(hdu, file));
    const learnt = id === undefined ? undefined : this.known.learning(id);
    if (id === undefined || learnt === undefined) return undefined;
    return withGoodTime(observationFacts(this.dataset, id, learnt), file, id);
  }

  private finish(id: ObservationId): void {
    const facts = observationFacts(this.dataset, id, this.known.take(id));
    this.sums.add(facts);
    this.receiver.deliver(checkObservation(facts, this.rules));
    this.receiver.onObservation(summarize(facts));
  }
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
