import { IactError } from '../core/index.ts';
import { isLocalPlace } from '../ops/index.ts';
import { copyChoicesOf } from './copy-choices.ts';
import type { CopyCliOptions } from './copy-options.ts';
import type { Session } from './session.ts';
import { transfer } from './transfer.ts';

export async function copy(
  source: string,
  directory: string,
  options: CopyCliOptions,
  session: Session,
): Promise<void> {
  if (!isLocalPlace(directory)) throw new IactError('usage', 'iact copy writes to a directory. Use iact push.');
  await transfer('copy', source, directory, copyChoicesOf(options), options, session);
}

export async function push(source: string, url: string, options: CopyCliOptions, session: Session): Promise<void> {
  if (isLocalPlace(url)) throw new IactError('usage', 'iact push writes to a server. Use iact copy.');
  await transfer('push', source, url, copyChoicesOf(options), options, session);
}
