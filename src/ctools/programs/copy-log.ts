import { printable } from '../../core/index.ts';
import type { CopyEvent, CopyResult } from '../../ops/index.ts';
import { EXPLICIT, type Log, NORMAL, TERSE, VERBOSE } from '../log/index.ts';

type EventOf<Type extends CopyEvent['type']> = Extract<CopyEvent, { type: Type }>;

interface CopyLogOptions {
  readonly log: Log;
  readonly clobber: boolean;
  readonly dataset: string;
  /** A run list was given. */
  readonly selective: boolean;
}

/** Writes what a copy tells into the log, with the words and at the levels of the original. */
export class CopyLog {
  private readonly options: CopyLogOptions;
  private nextPercent = 0;
  private begun = false;

  constructor(options: CopyLogOptions) {
    this.options = options;
  }

  event(event: CopyEvent): void {
    const { log } = this.options;
    if (event.type === 'dataset') this.dataset(event);
    else if (event.type === 'run-missing') {
      log.line(NORMAL, `Skip observation "${event.run}": ID not available remotely`);
    } else if (event.type === 'plan') this.plan(event);
    else if (event.type === 'file') this.file(event);
    else if (event.type === 'files-done') {
      this.beginFiles();
      log.value(NORMAL, 'Status', 'Finished');
      log.header1(TERSE, 'Updating index files');
    } else if (event.type === 'index') this.index(event);
    else if (event.type === 'master') {
      log.header3(TERSE, 'Master index file');
      if (event.copiedFrom !== undefined) this.copied(event.copiedFrom, event.path, false, 'Done!');
    } else if (event.type === 'master-entry') this.masterEntry(event);
    // Of documents, bytes and removals the originals know nothing.
  }

  summary(result: CopyResult): void {
    const { log } = this.options;
    log.header1(NORMAL, 'Summary');
    log.value(NORMAL, 'Data files found', result.filesFound);
    log.value(NORMAL, 'Data files copied', result.filesCopied);
    if (result.failed.length > 0) log.value(NORMAL, 'Data files failed', result.failed.length);
    log.value(NORMAL, 'Size', megabytes(result.bytesCopied));
    log.value(NORMAL, 'Local configs', result.datasets.length);
    log.header3(TERSE, 'Content of master index');
    for (const name of result.datasets) log.line(TERSE, `${printable(name)}\n`);
  }

  private dataset(event: EventOf<'dataset'>): void {
    const { log, dataset } = this.options;
    const name = printable(event.name);
    log.header2(VERBOSE, name);
    if (!event.selected) {
      log.header3(EXPLICIT, `Skipping config "${name}"`);
      return;
    }
    log.header3(NORMAL, `Remote config "${dataset}"`);
    log.value(NORMAL, 'HDU index', printable(event.hduIndex));
    log.value(NORMAL, 'Observation index', printable(event.obsIndex));
  }

  private plan({ plan, unreadable, uriOf }: EventOf<'plan'>): void {
    const { log } = this.options;
    log.header2(NORMAL, 'File information');
    log.value(NORMAL, 'Number of files', plan.files.length + unreadable.length);
    log.value(NORMAL, 'Size', sizeOfPlan(plan));
    log.header3(VERBOSE, 'File names');
    for (const { path } of plan.files) log.line(VERBOSE, `${printable(uriOf(path))}\n`);
    for (const { error } of unreadable) log.line(TERSE, `Cannot copy: ${error.message}`);
  }

  private file({ index, count, source, destination, outcome }: EventOf<'file'>): void {
    const { log } = this.options;
    this.beginFiles();
    this.progress((100 * index) / count);
    const { file, error } = outcome;
    if (error !== undefined) log.line(TERSE, `Cannot copy: ${error.message}`);
    const words = {
      exists: 'clobber=no',
      'same-file': 'same file',
      'fetched-before': 'complete from an interrupted copy',
      'up-to-date': 'up to date',
      'same-content': 'same content',
    };
    const done = error === undefined ? 'Done!' : 'Failed';
    const result = file.action === 'keep' ? `Skip (${words[file.reason]})` : done;
    this.copied(source, destination, file.destination !== undefined, result);
  }

  private beginFiles(): void {
    if (!this.begun) this.options.log.header1(NORMAL, 'Copying files');
    this.begun = true;
  }

  /** Whole steps that a file reaches, before its block. */
  private progress(percent: number): void {
    const { log } = this.options;
    const step = log.shows(EXPLICIT) ? 2 : 10;
    for (; percent > this.nextPercent; this.nextPercent += step) {
      log.value(NORMAL, 'Status', `${this.nextPercent} %`);
    }
  }

  private copied(source: string, destination: string, existed: boolean, result: string): void {
    const { log, clobber } = this.options;
    log.header3(VERBOSE, 'Copy file');
    log.value(VERBOSE, 'Source', printable(source));
    log.value(VERBOSE, 'Destination', printable(destination));
    log.value(VERBOSE, 'Already exists', existed);
    log.value(VERBOSE, 'Overwrite', clobber);
    log.value(VERBOSE, 'Copying', result);
  }

  private index(event: EventOf<'index'>): void {
    const { log, selective } = this.options;
    if (!selective && event.change === 'copied') {
      this.copied(event.remote, event.local, event.existed, 'Done!');
      return;
    }
    log.header3(TERSE, event.kind === 'hdu' ? 'HDU index' : 'OBS index');
    log.value(NORMAL, 'Local file', printable(event.local));
    log.value(NORMAL, 'Remote file', printable(event.remote));
    log.value(NORMAL, 'HDU name', event.kind === 'hdu' ? 'HDU_INDEX' : 'OBS_INDEX');
    log.value(NORMAL, 'Conflict preference', event.prefer === 'remote' ? 'Remote' : 'Local');
    log.value(NORMAL, 'Remote entries', event.remoteRows);
    log.value(NORMAL, 'Local entries', event.localRows);
    if (event.prefer === 'remote') log.value(NORMAL, 'Removed local rows', event.removedLocalRows);
    else log.value(NORMAL, 'Skipped remote rows', event.skippedRemoteRows);
  }

  private masterEntry({ name: text, change }: EventOf<'master-entry'>): void {
    const { log } = this.options;
    const name = printable(text);
    if (change === 'added') log.line(TERSE, `Adding "${name}"`);
    else if (change === 'kept') log.value(NORMAL, `Keeping "${name}"`, 'Available');
    else log.value(NORMAL, `Removing "${name}"`, 'Not available');
  }
}

/** A far server is not asked for sizes that it will tell with the files. */
function sizeOfPlan({ totalBytes, unsizedFiles }: EventOf<'plan'>['plan']): string {
  if (unsizedFiles === 0) return megabytes(totalBytes);
  const unknown = `${unsizedFiles} file${unsizedFiles === 1 ? '' : 's'} of unknown size`;
  return totalBytes === 0 ? unknown : `${megabytes(totalBytes)} and ${unknown}`;
}

function megabytes(bytes: number): string {
  return `${(bytes * 1e-6).toFixed(2)} MB`;
}
