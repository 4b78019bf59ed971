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

/** Runs all rules on a file that was read. Tables that were too large are read now. */
export async function checkFile(
  file: FileFacts,
  rules: readonly Rule[],
  observationOf: (hdu: HduFacts) => ObservationFacts | undefined,
  reading: { readonly source: Source; readonly fast: boolean; readonly signal?: AbortSignal | undefined },
): Promise<FindingList> {
  const list = new FindingList();
  for (const rule of rules) {
    const { file: check } = rule.checks;
    if (check !== undefined) list.run(rule, file.place, (report) => check(file, report));
  }
  for (const hdu of file.hdus) {
    checkHdu(hdu, rules, list);
    if (!reading.fast && isRowTable(hdu)) await checkRows(file, hdu, rules, observationOf(hdu), list, reading);
  }
  return list;
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

async function checkRows(
  file: FileFacts,
  hdu: HduFacts,
  rules: readonly Rule[],
  observation: ObservationFacts | undefined,
  list: FindingList,
  { source, signal }: { readonly source: Source; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const visitors: { rule: Rule; visitor: RowVisitor; failed: boolean }[] = [];
  for (const rule of rules) {
    const { rows } = rule.checks;
    if (rows === undefined) continue;
    list.run(rule, hdu.place, (report) => {
      const visitor = rows(hdu, observation, report);
      if (visitor !== undefined) visitors.push({ rule, visitor, failed: false });
    });
  }
  const each = (call: (visitor: RowVisitor) => void): void => {
    for (const entry of visitors) {
      if (entry.failed) continue;
      const before = list.failures.length;
      list.run(entry.rule, hdu.place, () => call(entry.visitor));
      entry.failed = list.failures.length > before;
    }
  };
  const onBatch = (batch: RowBatch): void => each((visitor) => visitor.batch(batch));
  if (hdu.table !== undefined) onBatch(new RowBatch(hdu.table, 0));
  else if (hdu.tooLarge && file.fault === undefined) {
    const path = file.place.uri === source.uriOf(file.path) ? file.path : `${file.path}.gz`;
    await readBatches(source, path, hdu, onBatch, signal);
  } else return;
  each((visitor) => visitor.end?.());
}

/** The observation that an HDU is of, if it is of one. */
export function singleObservation(ids: readonly ObservationId[]): ObservationId | undefined {
  return ids.length === 1 ? ids[0] : undefined;
}
