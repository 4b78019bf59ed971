import {
  type CellValue,
  type FoundObservations,
  type ObservationColumn,
  observationColumnNames,
  readObservationColumn,
} from '../ops/index.ts';
import { cellTexts, plainText } from './cell-text.ts';
import type { FindFormat } from './find-format.ts';
import { jsonText } from './json-text.ts';
import type { JsonEvent } from './reporter.ts';
import { columnsThatFit, type TextColumn, tableLines } from './table.ts';

/** What a table shows of observations, from the most important on. */
const TABLE_COLUMNS = [
  'OBS_ID',
  'OBJECT',
  'START_UTC',
  'SEPARATION',
  'ZEN_PNT',
  'LIVETIME',
  'RA_PNT',
  'DEC_PNT',
  'QUALITY',
  'EVENT_COUNT',
  'N_TELS',
];

export interface FindOutput {
  /** Lines to print. */
  readonly lines: Iterable<string>;
  /** Columns that a narrow terminal has no room for. */
  readonly leftOut: readonly string[];
}

/**
 * Observations in a format. Without a choice of columns a table shows the most important ones, and the other formats
 * show all.
 *
 * @param width what a table must fit into, unless columns were chosen.
 * @throws {IactError} `usage` for a column that is not there.
 */
export function formatObservations(
  found: FoundObservations,
  format: FindFormat,
  chosen: readonly string[] | undefined,
  width: number = Number.POSITIVE_INFINITY,
): FindOutput {
  if (format === 'ids') return { lines: idLines(found), leftOut: [] };
  const all = observationColumnNames(found);
  const known = new Set(all.map((name) => name.toUpperCase()));
  const names = chosen ?? (format === 'table' ? TABLE_COLUMNS.filter((name) => known.has(name)) : all);
  const columns = names.map((name) => readObservationColumn(found, name));
  const count = found.rows.length;
  if (format !== 'table') return { lines: LINES[format](columns, count), leftOut: [] };
  const texts = columns.map((column) => textColumn(column, count));
  const kept = chosen === undefined ? columnsThatFit(texts, width) : texts;
  return {
    lines: count === 0 ? [] : tableLines(kept),
    leftOut: count === 0 ? [] : texts.slice(kept.length).map(({ title }) => title),
  };
}

/**
 * Observations as `--json` prints them, with the chosen columns or all.
 *
 * @throws {IactError} `usage` for a column that is not there, before the first is asked for.
 */
export function observationRecords(
  found: FoundObservations,
  chosen: readonly string[] | undefined,
): Iterable<JsonEvent> {
  const columns = (chosen ?? observationColumnNames(found)).map((name) => readObservationColumn(found, name));
  return (function* () {
    for (let row = 0; row < found.rows.length; row++) {
      yield { event: 'observation', id: found.ids[row], columns: objectOf(columns, row) };
    }
  })();
}

function* idLines({ ids }: FoundObservations): Generator<string, void> {
  for (const id of ids) yield String(id);
}

function textColumn({ name, unit, isNumeric, at }: ObservationColumn, count: number): TextColumn {
  const cells = cellTexts(Array.from({ length: count }, (_, position) => at(position)));
  return { title: name, unit, alignRight: isNumeric, cells };
}

type Lines = (columns: readonly ObservationColumn[], count: number) => Iterable<string>;

const LINES: Readonly<Record<Exclude<FindFormat, 'table' | 'ids'>, Lines>> = {
  *json(columns, count) {
    yield '[';
    for (let row = 0; row < count; row++) yield `  ${jsonObject(columns, row)}${row < count - 1 ? ',' : ''}`;
    yield ']';
  },
  *jsonl(columns, count) {
    for (let row = 0; row < count; row++) yield jsonObject(columns, row);
  },
  *csv(columns, count) {
    yield columns.map(({ name }) => csvField(name)).join(',');
    for (let row = 0; row < count; row++) yield columns.map(({ at }) => csvField(at(row))).join(',');
  },
};

function jsonObject(columns: readonly ObservationColumn[], row: number): string {
  return jsonText(objectOf(columns, row));
}

function objectOf(columns: readonly ObservationColumn[], row: number): Record<string, CellValue> {
  return Object.fromEntries(columns.map(({ name, at }) => [name, at(row)]));
}

/** @see RFC 4180 */
function csvField(value: CellValue): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : plainText(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
