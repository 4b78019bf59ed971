import type { ObservationId } from '../gadf/index.ts';
import type { Source } from '../storage/index.ts';
import type { FileFacts, HduFacts, ObservationFacts } from './facts.ts';
import { OBS_INDEX } from './formats/index.ts';
import { readBatches } from './read-batches.ts';
import { FindingList } from './reporter.ts';
import { RowBatch } from './row-batch.ts';
import type { RowVisitor, Rule } from './rule.ts';

/**
 * Tables that are larger, or of which a file has more than twice this, are read in batches, or not at all if they have
 * to be held whole.
 */
export const MAX_TABLE_BYTES: number = 64 * 1024 * 1024;

/** Whether the rows of a table are looked at one by one. */
export function isRowTable({ format }: Pick<HduFacts, 'format'>): boolean {
  return format?.type === 'events' || format?.type === 'pointing';
}

/** A file as one index lists it. */
export interface FileView {
  readonly file: FileFacts;
  readonly observationOf: (hdu: HduFacts) => ObservationFacts | undefined;
}

interface Reading {
  readonly source: Source;
  readonly fast: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs all rules on a file that was read, for each index that lists it. Tables that were too large are read now, once.
 *
 * @returns what was found, by view.
 */
export async function checkFile(
  views: readonly FileView[],
  rules: readonly Rule[],
  reading: Reading,
): Promise<FindingList[]> {
  const lists = views.map(() => new FindingList());
  const listOf = (view: number): FindingList => lists[view] as FindingList;
  for (const [n, { file }] of views.entries()) {
    for (const rule of rules) {
      const { file: check } = rule.checks;
      if (check !== undefined) listOf(n).run(rule, file.place, (report) => check(file, report));
    }
  }
  for (const position of views[0]?.file.hdus.keys() ?? []) {
    const withRows: HduView[] = [];
    for (const [n, { file, observationOf }] of views.entries()) {
      const hdu = file.hdus[position] as HduFacts;
      checkHdu(hdu, rules, listOf(n));
      if (isRowTable(hdu)) withRows.push({ file, observationOf, hdu, list: listOf(n) });
    }
    if (!reading.fast) await checkRows(withRows, rules, reading);
  }
  return lists;
}

function checkHdu(hdu: HduFacts, rules: readonly Rule[], list: FindingList): void {
  const { table } = hdu;
  for (const rule of rules) {
    const { hdu: checkHeader, table: checkTable, obsIndex: checkIndex } = rule.checks;
    if (checkHeader !== undefined) list.run(rule, hdu.place, (report) => checkHeader(hdu, report));
    if (table === undefined) continue;
    if (checkTable !== undefined) list.run(rule, hdu.place, (report) => checkTable(hdu, table, report));
    if (checkIndex === undefined || hdu.format !== OBS_INDEX) continue;
    list.run(rule, hdu.place, (report) => checkIndex(hdu, table, report));
  }
}

interface HduView extends FileView {
  readonly hdu: HduFacts;
  readonly list: FindingList;
}

async function checkRows(
  views: readonly HduView[],
  rules: readonly Rule[],
  { source, signal }: Reading,
): Promise<void> {
  const [first] = views;
  if (first === undefined) return;
  const visitors = views.map((view) => new RowVisitors(view, rules));
  const onBatch = (batch: RowBatch): void => {
    for (const each of visitors) each.call((visitor) => visitor.batch(batch));
  };
  const { hdu, file } = first;
  if (hdu.table !== undefined) onBatch(new RowBatch(hdu.table, 0));
  else if (hdu.tooLarge && file.fault === undefined) {
    const path = file.place.uri === source.uriOf(file.path) ? file.path : `${file.path}.gz`;
    await readBatches(source, path, hdu, onBatch, signal);
  } else return;
  for (const each of visitors) each.call((visitor) => visitor.end?.());
}

/** The rules that look at the rows of a table; one that fails is not asked again. */
class RowVisitors {
  private readonly view: HduView;
  private readonly visitors: { readonly rule: Rule; readonly visitor: RowVisitor; failed: boolean }[] = [];

  constructor(view: HduView, rules: readonly Rule[]) {
    this.view = view;
    const { hdu, list, observationOf } = view;
    const observation = observationOf(hdu);
    for (const rule of rules) {
      const { rows } = rule.checks;
      if (rows === undefined) continue;
      list.run(rule, hdu.place, (report) => {
        const visitor = rows(hdu, observation, report);
        if (visitor !== undefined) this.visitors.push({ rule, visitor, failed: false });
      });
    }
  }

  call(each: (visitor: RowVisitor) => void): void {
    const { list, hdu } = this.view;
    for (const entry of this.visitors) {
      if (entry.failed) continue;
      const before = list.failures.length;
      list.run(entry.rule, hdu.place, () => each(entry.visitor));
      entry.failed = list.failures.length > before;
    }
  }
}

/** The observation that an HDU is of, if it is of one. */
export function singleObservation(ids: readonly ObservationId[]): ObservationId | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}
