/** The second that such a time stands for, and another one for clocks that are not quite in step. */
const UNSETTLED_MS = 2000;

/**
 * Whether a change of a file after it was read would show in its time.
 *
 * SFTP and HTTP tell whole seconds. What was read in the second of its last change may have been changed once more in the
 * same second, and has the same time; git calls this "racily clean". A time that is told finer is trusted, and so is a
 * file of which nobody has noted when it was read.
 */
export function isSettled({
  mtimeMs,
  readMs,
}: {
  readonly mtimeMs?: number | undefined;
  readonly readMs?: number | undefined;
}): boolean {
  if (mtimeMs === undefined || readMs === undefined || mtimeMs % 1000 !== 0) return true;
  return Math.abs(readMs - mtimeMs) >= UNSETTLED_MS;
}

/**
 * When a file was read that was opened not before `begunMs`: of the time since, the moment that is nearest to its last
 * change. A file of a clock that is far ahead must not be taken for one that was changed just now.
 */
export function readingTime(mtimeMs: number | undefined, begunMs: number): number {
  return Math.max(begunMs, Math.min(mtimeMs ?? begunMs, Date.now()));
}
