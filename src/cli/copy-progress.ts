import type { CopyEvent } from '../ops/index.ts';
import type { JsonEvent } from './reporter.ts';
import type { Session } from './session.ts';
import { planRecords } from './transfer-output.ts';

/** Translates what the copying of datasets tells into progress, notes and, where nothing is copied, plans. */
export class CopyProgress {
  /** What would be done, of a dry run. */
  readonly plans: JsonEvent[] = [];
  private readonly session: Session;
  private readonly dryRun: boolean;
  private readonly warned = new Set<string>();

  constructor(session: Session, dryRun: boolean) {
    this.session = session;
    this.dryRun = dryRun;
  }

  tell(event: CopyEvent, dataset: string): void {
    const { reporter, settings } = this.session;
    if (event.type === 'dataset' && event.selected) {
      reporter.progress({ type: 'phase', name: this.dryRun ? 'Looking' : 'Copying' });
    } else if (event.type === 'plan') this.tellPlan(event, dataset);
    else if (event.type === 'bytes') {
      const { path, doneBytes: done, sizeBytes: total, isNew } = event;
      reporter.progress({ type: 'bytes', path, done, total, resumed: !isNew });
    } else if (event.type === 'sized') {
      reporter.progress({ type: 'sized', bytes: event.sizeBytes });
    } else if (event.type === 'file-settled') {
      const { file, outcome, error } = event.outcome;
      // Those were told with the plan.
      if (outcome === 'kept') return;
      if (error !== undefined) this.warned.add(error.message);
      const failed = error === undefined ? {} : { message: error.message };
      // Of a file that could not be opened the size will never be known.
      if (file.source === undefined) reporter.progress({ type: 'sized', bytes: 0 });
      const bytes = file.source?.sizeBytes ?? 0;
      reporter.progress({ type: 'file', path: file.path, outcome, bytes, ...failed });
    } else if (event.type === 'document' && settings.verbose) reporter.remark(`copied ${event.source}`);
    else if (event.type === 'removed') reporter.note(`Removed "${event.path}".`);
  }

  /** Warns of what has not been warned of. */
  warnOnce(message: string): void {
    if (this.warned.has(message)) return;
    this.warned.add(message);
    this.session.reporter.warning(message);
  }

  /** What is kept is done at once, so that the time that is left is told for what is not. */
  private tellPlan(event: CopyEvent & { type: 'plan' }, dataset: string): void {
    const { reporter } = this.session;
    for (const { error } of event.unreadable) this.warnOnce(error.message);
    if (this.dryRun) {
      this.plans.push(...planRecords(event, dataset));
      return;
    }
    const { files, totalBytes, unsizedFiles: unsized } = event.plan;
    reporter.progress({ type: 'plan', files: files.length, bytes: totalBytes, unsized });
    for (const { action, path, source } of files) {
      const bytes = source?.sizeBytes ?? 0;
      if (action === 'keep') reporter.progress({ type: 'file', path, outcome: 'kept', bytes });
    }
  }
}
