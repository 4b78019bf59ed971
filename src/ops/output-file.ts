import { access, constants, realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { IactError } from '../core/index.ts';
import { type FileAttributes, LocalDestination } from '../storage/index.ts';
import { directoryPart } from './open-store.ts';

/** A file of this machine that is to be written. */
export interface OutputFile {
  /** As the user named it. */
  readonly file: string;
  readonly destination: LocalDestination;
  /** Its name at the destination. */
  readonly path: string;
  readonly exists: boolean;
  /** Those of the file that is there. */
  readonly attributes: FileAttributes;
  /** See {@link placeOf}. */
  readonly place: string;
}

/**
 * Finds out where a file would be written, before the work is done whose result it is to hold. A symbolic link stays:
 * what it leads to is replaced.
 *
 * @throws {IactError} `unwritable` if there is no such directory, or something that is no file, or a write-protected one.
 */
export async function prepareOutput(file: string): Promise<OutputFile> {
  const target = await realpath(file).catch(() => file);
  const destination = new LocalDestination(directoryPart(target));
  const refuse = (reason: string): never => {
    throw new IactError('unwritable', `Cannot write "${file}": ${reason}.`, { uri: file });
  };
  const directory = destination.uriOf('');
  if ((await destination.stat(''))?.kind !== 'directory') refuse(`there is no directory "${directory}"`);
  const path = basename(target);
  const found = await destination.stat(path);
  if (found?.kind === 'directory') refuse('it is a directory');
  if (found?.kind === 'other') refuse('it is no regular file');
  if (found !== undefined) await access(target, constants.W_OK).catch(() => refuse('it is write-protected'));
  const place = await placeOf(file);
  return { file, destination, path, exists: found !== undefined, attributes: { mode: found?.mode }, place };
}

/** Where a file really is, or would be: equal for two names of one file. */
export async function placeOf(file: string): Promise<string> {
  return realpath(file).catch(async () =>
    resolve(await realpath(dirname(file)).catch(() => dirname(file)), basename(file)),
  );
}

/** Large enough that a file takes few calls of the system. */
const CHUNK_CHARACTERS = 256 * 1024;

/** Text as bytes of UTF-8, in few pieces. */
export function* encodeText(pieces: Iterable<string>): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}
