import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { IactError } from '../core/index.ts';
import { outliveHangup } from '../ops/index.ts';
import { reasonOf } from './reason.ts';

/** Standard input. A terminal has `isTTY` and `setRawMode`, a pipe and a test's stream have not. */
export type InputStream = Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown };

/** Standard output or error. */
export type OutputStream = Writable & { isTTY?: boolean };

/** Everything a program knows of the world outside, so that a test can hand in another world. */
export interface ProgramIo {
  /** Touched only when a question is asked. */
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** The process environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path which relative names are taken from. Throws IactError `not-found` where somebody has removed it. */
  readonly cwd: string;
  /** Whether a person answers the questions: a wrong answer is then asked for again. */
  readonly interactive: boolean;
  /** The home directory of the password database, which is not always `$HOME`. */
  readonly homeDir: string;
  /** The home directory of another user, undefined for an unknown one. */
  homeOf(user: string): string | undefined;
  now(): Date;
  /** CPU time of this process so far, user and system, in seconds. */
  cpuSeconds(): number;
  /** Aborted when the user or the system asks the program to stop. */
  readonly signal: AbortSignal;
}

/**
 * The world of this process.
 *
 * The first SIGINT or SIGTERM aborts `signal`, so that the program can leave its files in order; a second one ends the
 * process as if there were no handler.
 */
export function nodeIo(): ProgramIo {
  const homeDir = passwordHome();
  const signal = abortOnSignals();
  return {
    get stdin(): InputStream {
      return process.stdin;
    },
    get stdout(): OutputStream {
      return process.stdout;
    },
    get stderr(): OutputStream {
      return process.stderr;
    },
    interactive: isatty(0),
    env: process.env,
    get cwd(): string {
      return workingDirectory();
    },
    homeDir,
    homeOf,
    now: () => new Date(),
    cpuSeconds: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    signal,
  };
}

function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new IactError('cancelled', `Stopped by ${name}.`)));
  }
  outliveHangup();
  return controller.signal;
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    const message = `The working directory cannot be found (${reasonOf(cause)}). Change to one that exists.`;
    throw new IactError('not-found', message, { cause });
  }
}

function passwordHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    // A container may run under a user ID that the password database does not know.
    return homedir();
  }
}

/** Asks the name service, which also knows the users of a directory server, and the plain file where there is none. */
function homeOf(user: string): string | undefined {
  // Loaded when needed: it costs every start 3 ms, and hardly anybody writes ~user.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const asked = spawnSync('getent', ['passwd', '--', user], { encoding: 'utf8' });
  if (asked.error === undefined) return homeIn(asked.stdout, user);
  try {
    return homeIn(readFileSync('/etc/passwd', 'utf8'), user);
  } catch {
    return undefined;
  }
}

/** @see passwd(5): name, password, user ID, group ID, comment, home directory, shell, separated by colons. */
function homeIn(passwd: string, user: string): string | undefined {
  const fields = passwd.split('\n').map((line) => line.split(':'));
  return fields.find(([name]) => name === user)?.[5];
}
