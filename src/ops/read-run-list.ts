import { basename, dirname } from 'node:path';
import { IactError } from '../core/index.ts';
import { parseRunList, type RunList, type RunListOptions } from '../gadf/index.ts';
import { LocalSource, readPipe, readText } from '../storage/index.ts';

/**
 * Reads a run list from a file of this machine, or from a pipe, which a shell makes of `<(command)`.
 *
 * @throws {IactError} `not-found`, `unreadable`, or `bad-data` naming the line.
 */
export async function readRunList(
  file: string,
  { signal, ...options }: RunListOptions & { readonly signal?: AbortSignal } = {},
): Promise<RunList> {
  const folder = new LocalSource(dirname(file));
  const info = await folder.stat(basename(file));
  if (info === undefined || info.kind === 'directory') {
    throw new IactError('not-found', `Runlist file "${file}" not available.`, { uri: file });
  }
  const source = info.kind === 'file' ? folder : { read: () => readPipe(file, signal), uriOf: () => file };
  return parseRunList(await readText(source, basename(file)), file, options);
}
