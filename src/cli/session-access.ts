import {
  type Access,
  type AdaptiveLimit,
  type ArchiveProgress,
  askAtTerminal,
  isLocalPlace,
  namesArchive,
} from '../ops/index.ts';
import type { AccessCliOptions } from './access-options.ts';
import { counted, formatDuration } from './quantity.ts';
import type { Reporter } from './reporter.ts';
import type { Session } from './session.ts';

/** How a command reaches stores: what the options say; what happens on the way is told as notes. */
export function accessOf({ reporter, env, isTerminal }: Session, options: AccessCliOptions): Access {
  return {
    env,
    ask: isTerminal ? askAtTerminal : undefined,
    retries: options.retries,
    silenceMs: options.timeout * 1000,
    s3Endpoint: options.endpoint,
    s3Anonymous: options.anonymous,
    onArchive: archiveProgress(reporter),
    onNote: (note) => reporter.note(note),
    onRetry: ({ error, attempt, waitMs }) => {
      const left = counted(Math.max(0, options.retries - attempt), 'attempt');
      reporter.note(`${error.message} Trying again in ${formatDuration(waitMs / 1000)}, ${left} left after that.`);
    },
  };
}

/** Translates how far archives are unpacked into progress. It ends with each: what comes next may be a question. */
function archiveProgress(reporter: Reporter): (progress: ArchiveProgress) => void {
  const begun = new Set<string>();
  return ({ uri, doneBytes, sizeBytes }) => {
    if (!begun.has(uri)) reporter.progress({ type: 'phase', name: 'Unpacking' });
    begun.add(uri);
    reporter.progress({ type: 'archive', path: uri, done: doneBytes, total: sizeBytes });
    if (doneBytes >= sizeBytes) reporter.pause();
  };
}

/**
 * Access of a command that only looks at a store. In a folder of this machine it may end at any moment; connections to a
 * server are ended, and what they have left on this machine is removed; progress is removed from the terminal.
 */
export function lookingAccess(place: string, session: Session, options: AccessCliOptions): Access {
  const access = accessOf(session, options);
  return isLocalPlace(place) && !namesArchive(place) ? access : { ...access, signal: session.signal };
}

/** Access that slows copying down where calls have to be made again; copies tell `onLimit` what slows them. */
export function slowingAccess(access: Access): { access: Access; onLimit: (limit: AdaptiveLimit) => void } {
  let limit: AdaptiveLimit | undefined;
  return {
    access: {
      ...access,
      onRetry: (retry) => {
        limit?.overloaded();
        access.onRetry?.(retry);
      },
    },
    onLimit: (next) => {
      limit = next;
    },
  };
}
