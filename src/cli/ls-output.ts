import type { Counted, DatasetListing, IndexListing } from '../ops/index.ts';
import { plainText } from './cell-text.ts';
import { formatBytes } from './quantity.ts';
import type { Colors } from './settings.ts';
import { columnsThatFit, type TextColumn, tableLines } from './table.ts';

/** Datasets in a table, a row each. */
export function storeLines(
  listings: readonly DatasetListing[],
  width: number = Number.POSITIVE_INFINITY,
  colors: Colors,
): string[] {
  const column = (title: string, alignRight: boolean, cellOf: (each: DatasetListing) => string): TextColumn => ({
    title,
    unit: undefined,
    alignRight,
    cells: listings.map((each) => plainText(cellOf(each))),
  });
  const columns = [
    column('DATASET', false, ({ name }) => name ?? ''),
    column('OBSERVATIONS', true, ({ observations }) => numberText(observations?.count)),
    column('TIME', true, ({ observations }) => hours(observations?.ontimeSeconds)),
    column('SIZE', true, ({ files }) => sizeText(files)),
    column('INDEXES', false, ({ indexes }) => statesOf(indexes)),
    column('EVENTS', true, ({ observations }) => numberText(observations?.events)),
    column('OBJECTS', true, ({ observations }) => numberText(observations?.objects?.length)),
    column('FIRST', false, ({ observations }) => dayOf(observations?.firstUtc)),
    column('LAST', false, ({ observations }) => dayOf(observations?.lastUtc)),
  ];
  const [titles = '', ...rows] = tableLines(columnsThatFit(columns, width));
  return [colors.bold(titles), ...rows.map((row, i) => (listings[i]?.problems.length === 0 ? row : colors.red(row)))];
}

/** More objects than this are not listed one by one, unless all are asked for. */
const LISTED = 30;

/** One dataset with all that is known of it. */
export function datasetLines(
  { name = '', indexes, observations, files }: DatasetListing,
  colors: Colors,
  all: boolean,
): string[] {
  const size = files?.size;
  const absent = size?.absentFiles;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ...indexes.map((index): [string, string] => [titleOf(index), indexText(index)]),
    ['Observations', numberText(observations?.count)],
    ['Time', hours(observations?.ontimeSeconds)],
    ['Live time', hours(observations?.livetimeSeconds)],
    ['First', observations?.firstUtc ?? undefined],
    ['Last', observations?.lastUtc ?? undefined],
    ['Events', numberText(observations?.events)],
    ['Data files', numberText(files?.count)],
    ['Size', size && `${formatBytes(size.sizeBytes)}${size.from === 'index' ? ' (as the index tells)' : ''}`],
    ['Absent files', absent === 0 ? undefined : numberText(absent)],
  ];
  const known = facts.filter(([, text]) => text !== undefined && text !== '');
  const width = known.reduce((most, [title]) => Math.max(most, title.length), 0);
  return [
    colors.bold(`Dataset ${plainText(name)}`),
    ...known.map(([title, text]) => `  ${title.padEnd(width)}  ${plainText(text ?? '')}`),
    ...counts('HDUs', files?.hduTypes, all),
    ...counts('Objects', observations?.objects, all),
  ];
}

/** The same for programs. What is not known is null. */
export function listingRecord({ name, indexes, observations, files, problems }: DatasetListing): object {
  return {
    name: name ?? null,
    indexes: indexes.map(({ kind, uri, state, reason, sizeBytes }) => ({
      kind,
      uri: uri ?? null,
      state,
      reason: reason ?? null,
      sizeBytes: sizeBytes ?? null,
    })),
    observations: observations?.count ?? null,
    ontimeSeconds: observations?.ontimeSeconds ?? null,
    livetimeSeconds: observations?.livetimeSeconds ?? null,
    firstUtc: observations?.firstUtc ?? null,
    lastUtc: observations?.lastUtc ?? null,
    events: observations?.events ?? null,
    objects: observations?.objects ?? null,
    files: files?.count ?? null,
    hduTypes: files?.hduTypes ?? null,
    sizeBytes: files?.size?.sizeBytes ?? null,
    sizeFrom: files?.size?.from ?? null,
    absentFiles: files?.size?.absentFiles ?? null,
    problems,
  };
}

function counts(title: string, list: readonly Counted[] | undefined, all: boolean): string[] {
  if (list === undefined || list.length === 0) return [];
  const shown = all ? list : list.slice(0, LISTED);
  const width = Math.max(...shown.map(({ count }) => String(count).length));
  const lines = shown.map(({ name, count }) => `  ${String(count).padStart(width)}  ${plainText(name)}`);
  const more = list.length > shown.length ? [`  and ${list.length - shown.length} more (--verbose lists them)`] : [];
  return ['', `${title}:`, ...lines, ...more];
}

function titleOf({ kind }: IndexListing): string {
  return kind === 'hdu' ? 'HDU index' : 'Observation index';
}

function indexText({ uri, state, sizeBytes }: IndexListing): string {
  if (state === 'ok') return `${uri} (${formatBytes(sizeBytes ?? 0)})`;
  return uri === undefined ? 'MISSING' : `${uri} ${state.toUpperCase()}`;
}

function statesOf(indexes: readonly IndexListing[]): string {
  const wrong = indexes.filter(({ state }) => state !== 'ok').map(({ kind, state }) => `${kind} ${state}`);
  return wrong.length === 0 ? 'ok' : wrong.join(', ');
}

/** A size is marked where files are absent: it is not that of the dataset. */
function sizeText(files: DatasetListing['files']): string {
  if (files?.size === undefined) return '';
  return `${files.size.absentFiles ? '> ' : ''}${formatBytes(files.size.sizeBytes)}`;
}

function numberText(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function hours(seconds: number | undefined): string {
  return seconds === undefined ? '' : `${(seconds / 3600).toFixed(seconds < 3600 ? 2 : 1)} h`;
}

function dayOf(utc: string | null | undefined): string {
  return utc?.slice(0, 10) ?? '';
}
