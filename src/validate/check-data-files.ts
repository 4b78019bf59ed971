import type { Source } from '../storage/index.ts';
import type { DatasetCheck } from './check-dataset.ts';
import { checkFile, type FileView, MAX_TABLE_BYTES } from './check-file.ts';
import type { FileFacts } from './facts.ts';
import { inOrder } from './in-order.ts';
import type { ListedFile, ListedFiles } from './listed-files.ts';
import { type FileContent, readFile } from './read-file.ts';
import type { FindingList } from './reporter.ts';
import type { Rule } from './rule.ts';

export interface DataReading {
  readonly source: Source;
  readonly rules: readonly Rule[];
  readonly fast: boolean;
  readonly readsAtOnce: number;
  readonly signal?: AbortSignal | undefined;
  readonly onFile: (content: FileContent) => void;
}

/**
 * Checks the data files of datasets, each once, whatever number of HDU indexes list it. Files without events come first, and
 * last those that nobody lists without events, so that the good time of an event list is known.
 */
export async function checkDataFiles(
  files: ListedFiles,
  datasets: readonly DatasetCheck[],
  reading: DataReading,
): Promise<void> {
  const checkOf = (index: number): DatasetCheck => datasets[index] as DatasetCheck;
  for (let file = 0; file < files.count; file++) {
    for (const { index, rows } of files.at(file).listings) checkOf(index).expect(rows);
  }
  for (const dataset of datasets) dataset.begin();
  const turns = Array.from({ length: files.count }, (_, file) => {
    const { listings } = files.at(file);
    const withEvents = listings.filter(({ index, rows }) => checkOf(index).hasEvents(rows)).length;
    return withEvents === 0 ? 'first' : withEvents < listings.length ? 'then' : 'last';
  });
  for (const turn of ['first', 'then', 'last'] as const) {
    const part = Uint32Array.from(turns.keys()).filter((file) => turns[file] === turn);
    const results = inOrder(part, reading.readsAtOnce, (file) => readAndCheck(files.at(file), checkOf, reading));
    for await (const { content, listings } of results) {
      for (const { dataset, file, rows, list } of listings) dataset.take(file, rows, list);
      reading.onFile(content);
    }
  }
  for (const dataset of datasets) dataset.end();
}

interface CheckedFile {
  readonly content: FileContent;
  readonly listings: readonly {
    readonly dataset: DatasetCheck;
    readonly file: FileFacts;
    readonly rows: readonly number[];
    readonly list: FindingList;
  }[];
}

async function readAndCheck(
  { path, listings }: ListedFile,
  checkOf: (index: number) => DatasetCheck,
  { source, rules, fast, signal }: DataReading,
): Promise<CheckedFile> {
  const listed = listings.map(({ index, rows }) => {
    const dataset = checkOf(index);
    return { dataset, rows, listing: dataset.listing(rows) };
  });
  const needs = listed.map(({ dataset, listing }) => dataset.needs(listing));
  const content = await readFile({
    source,
    path,
    elsewhere: needs.flatMap(({ elsewhere }) => elsewhere),
    ...(fast && { headersOf: needs.flatMap(({ headersOf }) => headersOf) }),
    maxTableBytes: MAX_TABLE_BYTES,
    md5: !fast && needs.some(({ md5 }) => md5),
    signal,
  });
  const views = listed.map(({ dataset, listing }) => {
    if (listed.length === 1) return dataset.view(content, listing);
    const beside = listed.filter((other) => dataset.isBeside(other.dataset));
    return dataset.view(content, { ...listing, listedBeside: beside.flatMap((other) => other.listing.listed) });
  });
  const lists = await checkFile(views, rules, { source, fast, signal });
  return {
    content,
    listings: listed.map(({ dataset, rows }, position) => ({
      dataset,
      file: (views[position] as FileView).file,
      rows,
      list: lists[position] as FindingList,
    })),
  };
}
