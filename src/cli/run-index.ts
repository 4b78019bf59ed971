import { IactError } from '../core/index.ts';
import { type IndexedDataset, type IndexResult, indexStore } from '../ops/index.ts';
import { datasetLine, datasetRecord } from './dataset-line.ts';
import { counted } from './quantity.ts';
import type { Session } from './session.ts';

export interface IndexOptions {
  readonly name?: string;
  readonly update?: boolean;
  readonly force?: boolean;
  readonly size?: boolean;
  readonly md5?: boolean;
  readonly dryRun?: boolean;
  readonly jobs?: number;
}

export async function index(directory: string, options: IndexOptions, { reporter, signal }: Session): Promise<void> {
  reporter.progress({ type: 'phase', name: 'Indexing' });
  const result = await indexStore({
    directory,
    name: options.name,
    existing: options.update ? 'update' : options.force ? 'replace' : 'refuse',
    withSize: options.size,
    withMd5: options.md5,
    dryRun: options.dryRun,
    jobs: options.jobs,
    program: 'iact index',
    onEvent: (event) =>
      reporter.progress(event.type === 'file' ? { ...event, outcome: 'checked' } : { ...event, bytes: 0 }),
    signal,
  });
  for (const problem of result.problems) reporter.warning(problem);
  for (const note of result.notes) reporter.note(note);
  const { datasets, changes, files, filesRead, isCurrent, written, master, problems } = result;
  reporter.finish({
    command: 'index',
    data: {
      master,
      written,
      upToDate: isCurrent,
      files,
      filesRead,
      added: changes?.added.length,
      changed: changes?.changed.length,
      removed: changes?.removed.length,
      datasets: datasets.map(datasetRecord),
      problems,
    },
    lines: linesOf(result),
  });
  refuseProblems(result);
}

/** What was done is done; the status tells that it is not all. */
function refuseProblems({ problems }: IndexResult): void {
  if (problems.length === 0) return;
  const what = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  throw new IactError('incomplete', `The index lacks what could not be used: ${what}, see above.`);
}

function* linesOf({
  datasets,
  changes,
  files,
  filesRead,
  isCurrent,
  written,
  master,
}: IndexResult): Generator<string, void> {
  const verb = written ? 'Wrote' : isCurrent ? 'Up to date:' : 'Would write';
  if (changes !== undefined) {
    const { added, changed, removed } = changes;
    yield `${counted(added.length, 'file')} added, ${changed.length} changed, ${removed.length} removed`;
  }
  yield `${counted(files, 'FITS file')}, headers of ${filesRead} read`;
  for (const dataset of datasets) yield* datasetLines(dataset, verb);
  yield `${verb} ${master}`;
}

function* datasetLines(dataset: IndexedDataset, verb: string): Generator<string, void> {
  const { hdu, obs, hduClasses } = dataset;
  yield `${verb} ${hdu === obs ? hdu : `${hdu} and ${obs}`}`;
  yield `  ${datasetLine(dataset)}`;
  const counts = Object.entries(hduClasses).map(([hduClass, count]) => `${count} ${hduClass}`);
  yield `  HDUs: ${counts.join(', ')}`;
}
