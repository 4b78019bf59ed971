import { randomUUID } from 'node:crypto';
import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { IactError } from '../core/index.ts';
import { makeStateDirectory, STATE_DIRECTORY } from './state-directory.ts';

export interface Lock {
  /** Gives the destination free. Never throws; what cannot be removed is found stale by the next copy. */
  release(): Promise<void>;
}

/** A process that wants, or has, a destination. All that tells whether it still runs is in the name of its file. */
interface Claim {
  readonly fileName: string;
  readonly host: string;
  readonly pid: number;
  /** Start of the process as the system counts it, 0 if not known; tells a new process with an old number apart. */
  readonly startedAt: string;
}

/** Two that claim at the same moment both step back, and try again after a time of their own. */
const MAX_ATTEMPTS = 8;
const LONGEST_PAUSE_MS = 60;

/**
 * Takes a directory of this machine for one copy.
 *
 * Each process writes a claim under a name that was never used before, looks whether any other claim is there, and
 * holds the directory if none is. As no name comes twice, the claim of a process that has ended can be removed by
 * anybody at any time. A claim from another machine is never removed: nobody here can tell whether it still works.
 *
 * @throws {IactError} `locked`, saying who holds it; `unwritable` if no claim can be written.
 */
export async function lockDirectory(directory: string, program: string): Promise<Lock> {
  const state = join(directory, STATE_DIRECTORY);
  try {
    let other: Claim | undefined;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (attempt > 0) await pause();
      await makeStateDirectory(directory);
      const own = await writeClaim(state, program);
      other = await liveClaim(state, own);
      if (other === undefined) return { release: () => remove(state, own) };
      await remove(state, own);
    }
    throw await heldBy(other as Claim, directory, state);
  } catch (error) {
    if (error instanceof IactError) throw error;
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new IactError('unwritable', `Cannot write into "${directory}": ${cause}.`, { cause: error, uri: directory });
  }
}

async function writeClaim(state: string, program: string): Promise<string> {
  const startedAt = (await startOf(process.pid)) ?? '0';
  const fileName = `lock-${encodeURIComponent(hostname())}-${process.pid}-${startedAt}-${randomUUID().slice(0, 8)}`;
  // The content is for people only.
  await writeFile(join(state, fileName), `${program} since ${new Date().toISOString()}\n`, { flag: 'wx' });
  return fileName;
}

/** Another claim whose process may still run; those of processes that have ended are removed. */
async function liveClaim(state: string, own: string): Promise<Claim | undefined> {
  for (const fileName of await readdir(state)) {
    const [, host, pid, startedAt] = /^lock-(.+)-(\d+)-(\d+)-[0-9a-f]+$/.exec(fileName) ?? [];
    if (host === undefined || fileName === own) continue;
    const claim = { fileName, host: decodeURIComponent(host), pid: Number(pid), startedAt: startedAt ?? '0' };
    if (await mayRun(claim)) return claim;
    await remove(state, fileName);
  }
  return undefined;
}

async function mayRun({ host, pid, startedAt }: Claim): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const found = await startOf(pid);
  return found === undefined || startedAt === '0' || found === startedAt;
}

/** Field 22 of /proc/PID/stat; `undefined` on systems without it. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses that may itself hold blanks and parentheses.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Somebody else may have been faster, or the disk is gone and the next copy finds the claim stale. */
async function remove(state: string, fileName: string): Promise<void> {
  await unlink(join(state, fileName)).catch(() => undefined);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
}

async function heldBy({ fileName, host, pid }: Claim, directory: string, state: string): Promise<IactError> {
  const path = join(state, fileName);
  const told = await readFile(path, 'utf8').catch(() => '');
  const who = `${told.trim() || 'unknown program'}, process ${pid} on ${host}`;
  const remedy = `Wait for it to end. If it no longer runs, remove "${path}".`;
  const message = `"${directory}" is in use by another copy (${who}). ${remedy}`;
  return new IactError('locked', message, { uri: directory, retryable: true });
}
