import {
  chooseDataset,
  describeObservation,
  type EventSummary,
  type GoodTime,
  type ObservationDescription,
  type ObservationHdu,
  type TimeOfTable,
  withStore,
} from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { plainText } from './cell-text.ts';
import { jsonText } from './json-text.ts';
import { throwProblems } from './problems.ts';
import type { Session } from './session.ts';
import { lookingAccess } from './session-access.ts';
import { type TextColumn, tableLines } from './table.ts';

export interface ShowOptions extends AccessCliOptions {
  readonly dataset?: string;
  readonly format: 'text' | 'json';
}

export async function show(place: string, id: string, options: ShowOptions, session: Session): Promise<void> {
  const description = await withStore(place, lookingAccess(place, session, options), (store) =>
    describeObservation(store, chooseDataset(store, options.dataset), id),
  );
  const data = plainDescription(description);
  const isJson = options.format === 'json';
  const lines = isJson ? [jsonText(data, 2)] : textOf(description);
  session.reporter.finish({ command: 'show', data, lines, exact: isJson });
  throwProblems(`Observation ${description.id}`, description.problems);
}

function plainDescription(description: ObservationDescription): Record<string, unknown> {
  const { metadata, hdus } = description;
  return {
    ...description,
    metadata: Object.fromEntries(metadata.map(({ name, value }) => [name, value])),
    hdus: hdus.map(({ content, ...hdu }) => ({ ...hdu, shape: content?.shape, dataBytes: content?.dataBytes })),
  };
}

function* textOf({ id, dataset, metadata, hdus, goodTime, events }: ObservationDescription): Generator<string, void> {
  yield `Observation ${id} of ${dataset}`;
  const width = metadata.reduce((most, { name }) => Math.max(most, name.length), 0);
  for (const { name, unit, value } of metadata) {
    yield `  ${name.padEnd(width)}  ${plainText(value)}${unit === undefined || value === null ? '' : ` ${unit}`}`;
  }
  yield '';
  yield `HDUs: ${hdus.length}`;
  for (const line of hdus.length === 0 ? [] : tableLines(hduColumns(hdus))) yield `  ${line}`;
  yield '';
  yield* goodTimeLines(goodTime);
  yield '';
  yield* eventLines(events);
}

function hduColumns(hdus: readonly ObservationHdu[]): TextColumn[] {
  const column = (title: string, cellOf: (hdu: ObservationHdu) => string, alignRight = false): TextColumn => ({
    title,
    unit: undefined,
    alignRight,
    cells: hdus.map((hdu) => plainText(cellOf(hdu))),
  });
  return [
    column('TYPE', ({ type }) => type),
    column('CLASS', ({ hduClass }) => hduClass),
    column('BYTES', ({ content }) => (content === undefined ? '' : String(content.dataBytes)), true),
    column('SHAPE', ({ content }) => content?.shape ?? 'MISSING'),
    column('HDU', ({ file, name }) => `${file}[${name}]`),
  ];
}

/** More intervals than this are not listed one by one. */
const LISTED_INTERVALS = 20;

function* goodTimeLines(goodTime: GoodTime | undefined): Generator<string, void> {
  if (goodTime === undefined) {
    yield 'Good time: not known';
    return;
  }
  const { intervals, total, unit } = goodTime;
  const what = intervals.length === 1 ? '1 interval' : `${intervals.length} intervals`;
  yield `Good time: ${what}, ${rounded(total)} ${unit}`;
  for (const { start, stop } of intervals.slice(0, LISTED_INTERVALS)) {
    yield `  ${momentText(start)} .. ${momentText(stop)}  ${rounded(stop.time - start.time)} ${unit}`;
  }
  if (intervals.length > LISTED_INTERVALS) yield `  and ${intervals.length - LISTED_INTERVALS} more`;
}

function* eventLines(events: EventSummary | undefined): Generator<string, void> {
  if (events === undefined) {
    yield 'Events: not known';
    return;
  }
  const { count, energy, time } = events;
  yield `Events: ${count}`;
  if (energy !== undefined) {
    yield `  energies  ${energy.min.toPrecision(6)} .. ${energy.max.toPrecision(6)} ${energy.unit ?? ''}`.trimEnd();
  }
  if (time !== undefined) yield `  times     ${momentText(time.first)} .. ${momentText(time.last)}`;
}

/** A moment in UTC, or where that is not known, as the table has it. */
function momentText({ time, utc }: TimeOfTable): string {
  return utc ?? `MET ${time}`;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(3)));
}
