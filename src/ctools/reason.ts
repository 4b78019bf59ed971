import { getSystemErrorMap } from 'node:util';
import { messageOf } from '../core/index.ts';

/** Why the system refused, in its own words: `no such file or directory`. Any other error gives its message. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') {
    return getSystemErrorMap().get(error.errno)?.[1] ?? error.message;
  }
  return messageOf(error);
}
