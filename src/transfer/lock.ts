import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { IactError } from '../core/index.ts';
import type { Destination } from '../storage/index.ts';
import { STATE_DIRECTORY } from './state-directory.ts';

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
 * Takes a destination for one copy.
 *
 * Each process writes a claim under a name that was never used before, looks whether any other claim is there, and
 * holds the destination if none is. As no name comes twice, the claim of a process that has ended can be removed by
 * anybody at any time. A claim from another machine is never removed: nobody here can tell whether it still works.
 *
 * @throws {IactError} `locked`, saying who holds it; `unwritable` if no claim can be written.
 */
export async function lockDestination(destination: Destination, program: string): Promise<Lock> {
  let other: Claim | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await pause();
    const own = await writeClaim(destination, program);
    other = await liveClaim(destination, own).catch(async (error: unknown) => {
      await remove(destination, own);
      throw error;
    });
    if (other === undefined) return { release: () => remove(destination, own) };
    await remove(destination, own);
  }
  throw await heldBy(other as Claim, destination);
}

async function writeClaim(destination: Destination, program: string): Promise<string> {
  const startedAt = (await processAt(process.pid))?.startedAt ?? '0';
  const fileName = `lock-${encodeURIComponent(hostname())}-${process.pid}-${startedAt}-${randomUUID().slice(0, 8)}`;
  // The content is for people only.
  const told = new TextEncoder().encode(`${program} since ${new Date().toISOString()}\n`);
  await destination.create(claimPath(fileName), told);
  return fileName;
}

function claimPath(fileName: string): string {
  return `${STATE_DIRECTORY}/${fileName}`;
}

/** Another claim whose process may still run; those of processes that have ended are removed. */
async function liveClaim(destination: Destination, own: string): Promise<Claim | undefined> {
  for (const { name: fileName } of (await destination.list(STATE_DIRECTORY)) ?? []) {
    const [, host, pid, startedAt] = /^lock-(.+)-(\d+)-(\d+)-[0-9a-f]+$/.exec(fileName) ?? [];
    if (host === undefined || fileName === own) continue;
    const claim = { fileName, host: hostNamed(host), pid: Number(pid), startedAt: startedAt ?? '0' };
    if (await mayRun(claim)) return claim;
    await remove(destination, fileName);
  }
  return undefined;
}

/** A name that nobody of ours has written is that of no machine we know. */
function hostNamed(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

async function mayRun({ host, pid, startedAt }: Claim): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const found = await processAt(pid);
  // One that was killed keeps its number until the process that started it takes notice, which may be never.
  if (found?.state === 'Z') return false;
  return found?.startedAt === undefined || startedAt === '0' || found.startedAt === startedAt;
}

/** Fields 3 and 22 of /proc/PID/stat; `undefined` on systems without it. */
async function processAt(
  pid: number,
): Promise<{ state: string | undefined; startedAt: string | undefined } | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses that may itself hold blanks and parentheses.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startedAt: fields[19] };
  } catch {
    return undefined;
  }
}

/** Somebody else may have been faster, or the disk is gone and the next copy finds the claim stale. */
async function remove(destination: Destination, fileName: string): Promise<void> {
  await destination.remove(claimPath(fileName)).catch(() => undefined);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS));
}

async function heldBy({ fileName, host, pid }: Claim, destination: Destination): Promise<IactError> {
  const uri = destination.uriOf('');
  const told = await readSmall(destination, claimPath(fileName)).catch(() => '');
  const who = `${told.trim() || 'unknown program'}, process ${pid} on ${host}`;
  const remedy = `Wait for it to end. If it no longer runs, remove "${destination.uriOf(claimPath(fileName))}".`;
  return new IactError('locked', `"${uri}" is in use by another copy (${who}). ${remedy}`, { uri, retryable: true });
}

async function readSmall(destination: Destination, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of destination.read(path, { end: 200 })) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}
