import { basename, dirname } from 'node:path';
import { IactError } from '../core/index.ts';
import { parseRunList, type RunList, type RunListOptions } from '../gadf/index.ts';
import { LocalSource, readText } from '../storage/index.ts';

/** Reads a run list from a file of this machine. @throws `not-found`, `unreadable`, or `bad-data` naming the line. */
export async function readRunList(file: string, options: RunListOptions = {}): Promise<RunList> {
  const source = new LocalSource(dirname(file));
  const info = await source.stat(basename(file));
  if (info?.kind !== 'file') throw new IactError('not-found', `Runlist file "${file}" not available.`, { uri: file });
  return parseRunList(await readText(source, basename(file)), file, options);
}
