import { IactError } from '../core/index.ts';

/** The error of a command that ends because it was asked to stop. */
export function stopped(cause?: unknown): IactError {
  if (cause instanceof IactError && cause.code === 'cancelled') return cause;
  return new IactError('cancelled', 'Stopped before it was done. Run the same command again.', { cause });
}
