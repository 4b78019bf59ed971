import { constants } from 'node:fs';
import { access, chmod, copyFile, mkdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IactError } from '../../core/index.ts';
import { reasonOf } from '../reason.ts';
import { replaceFile } from './replace-file.ts';

/** What decides where parameter files are looked for and written. */
export interface PfilesPlace {
  env: Readonly<Record<string, string | undefined>>;
  /** The home directory of the password database. */
  homeDir: string;
  cwd: string;
}

/** A parameter file as it was found. */
export interface UserCopy {
  path: string;
  text: string;
}

/**
 * Reads the user's copy of a parameter file: the first readable one in the directories of `PFILES`, and in
 * `<home>/pfiles` when `PFILES` is unset or none of its directories can be written, as copies are saved there then.
 */
export async function readUserCopy(fileName: string, place: PfilesPlace): Promise<UserCopy | undefined> {
  const directories = pfilesDirectories(place);
  const fallback = (await firstWritable(directories)) === undefined ? [homePfiles(place)] : [];
  for (const directory of [...directories, ...fallback]) {
    const path = join(directory, fileName);
    const text = await textOf(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/**
 * Writes the user's copy of a parameter file into the first writable directory of `PFILES`, or else into `<home>/pfiles`,
 * which is made if it is missing. A copy that has the text already is left alone.
 * @param broken the copy that was read and could not be parsed: if it is in the way it is kept beside as `<name>.bad`.
 * @throws IactError `unwritable`.
 */
export async function saveUserCopy(
  fileName: string,
  text: string,
  place: PfilesPlace,
  broken?: UserCopy,
): Promise<void> {
  const directory = (await firstWritable(pfilesDirectories(place))) ?? homePfiles(place);
  const path = join(directory, fileName);
  try {
    if (directory === homePfiles(place)) await makeWritable(directory);
    if ((await textOf(path)) === text) return;
    if (broken?.path === path) await keepAside(path);
    await replaceFile(path, text);
  } catch (error) {
    throw new IactError('unwritable', `Cannot save the parameter file "${path}" (${reasonOf(error)}).`, {
      cause: error,
    });
  }
}

/** @returns undefined for a file that is absent or cannot be read, and for what is none: a pipe or `/dev/zero` has no end. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isFile() ? await readFile(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** The directories of `PFILES`, separated by colons or semicolons. */
function pfilesDirectories({ env, cwd }: PfilesPlace): string[] {
  const listed = (env['PFILES'] ?? '').split(/[:;]/).filter((directory) => directory !== '');
  return listed.map((directory) => resolve(cwd, directory));
}

function homePfiles({ homeDir }: PfilesPlace): string {
  return join(homeDir, 'pfiles');
}

async function firstWritable(directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    if (await isWritableDirectory(directory)) return directory;
  }
  return undefined;
}

async function isWritableDirectory(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function makeWritable(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o755 });
  if (!(await isWritableDirectory(directory))) await chmod(directory, 0o755);
}

/** Copies a file to the first free one of `<path>.bad`, `<path>.bad2`, `<path>.bad3` ... */
async function keepAside(path: string): Promise<void> {
  for (let count = 1; ; count++) {
    try {
      return await copyFile(path, `${path}.bad${count === 1 ? '' : count}`, constants.COPYFILE_EXCL);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
