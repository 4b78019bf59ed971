import { formatBytesOf } from '../quantity.ts';
import type { Progress } from './state.ts';

/** `38 %`, rounded down, so that 100 % is said of what is done; `~38 %` where not all sizes are known yet. */
export function shareOf(progress: Progress): string {
  return `${mark(progress)}${Math.floor(progress.fraction * 100)} %`;
}

/** `23.6/62.0 MB`; `23.6/~62.0 MB` where not all sizes are known yet; `''` where none is. */
export function amountOf(progress: Progress): string {
  const { doneBytes, totalBytes } = progress;
  if (totalBytes === 0) return '';
  return formatBytesOf(Math.min(doneBytes, totalBytes), totalBytes).replace('/', `/${mark(progress)}`);
}

/** Stands before what is an estimate. */
function mark({ unsizedFiles, totalBytes, fraction }: Progress): string {
  return unsizedFiles > 0 && totalBytes > 0 && fraction < 1 ? '~' : '';
}
