import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SftpLocation } from '../../src/storage/index.ts';
import { type Need, program } from './require.ts';
import { tempDirectory } from './temp.ts';

const SSHD = '/usr/sbin/sshd';

export interface SshdOptions {
  /** Lines of its configuration, before the others. */
  readonly config?: readonly string[];
  /** What serves SFTP; `internal-sftp` if absent, nothing if empty. */
  readonly sftp?: string;
  /** Passphrase of the key that logs in. */
  readonly passphrase?: string;
  /** Which host key the client knows; the right one if absent. */
  readonly knownHost?: 'none' | 'another';
  /** Whether the client's key is let in. */
  readonly refuses?: boolean;
  /** Port that the client uses instead, of a proxy in front. */
  readonly clientPort?: (port: number) => Promise<number>;
  /** Where its files are, outside of a test; the caller stops it then. In a test both end with it. */
  readonly directory?: string;
}

/** An sshd of this user on a port of its own, and what a client needs to come in. */
export interface TestSshd {
  readonly port: number;
  /** Its files, and those of the client: `config`, `known_hosts`, `id`. */
  readonly directory: string;
  /** A directory of this machine, through it. */
  location(path: string): SftpLocation;
  /** For the environment of a client. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends connections at once, without a word: all, or those from the number on. */
  cut(from?: number): void;
  /** How many connections there are. */
  connections(): number;
  log(): Promise<string>;
  stop(): Promise<void>;
  /** Starts it again at the same port, after `stop`. */
  startAgain(): Promise<void>;
}

/** The programs that it needs. */
export function sshd(): Need[] {
  return [program(SSHD), program('ssh'), program('ssh-keygen'), program('ps')];
}

/** Starts an sshd that is ended with the test, unless it was told a directory. The client knows it as `store`. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const directory = options.directory ?? (await tempDirectory());
  const port = await freePort();
  await makeKeys(directory, options);
  await writeFile(join(directory, 'sshd_config'), serverConfig(directory, port, options));
  const clientPort = (await options.clientPort?.(port)) ?? port;
  await writeClientFiles(directory, clientPort, options);
  // Where it separates its privileges, an sshd that root starts wants this directory.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const start = async (): Promise<ChildProcess> => {
    const args = ['-D', '-f', join(directory, 'sshd_config'), '-E', join(directory, 'log')];
    const started = spawn(SSHD, args, { stdio: 'ignore' });
    await answers(port);
    return started;
  };
  let server = await start();
  const stop = (): Promise<void> => end(server);
  if (options.directory === undefined) onTestFinished(stop);
  return {
    port,
    directory,
    env: { ...environment(), IACT_SSH: `ssh -F '${join(directory, 'config')}'` },
    location: (path) => ({ kind: 'sftp', user: undefined, password: undefined, host: 'store', port: undefined, path }),
    cut: (from = 0) => {
      for (const pid of childrenOf(server.pid).slice(from)) kill(pid);
    },
    connections: () => childrenOf(server.pid).length,
    log: () => readFile(join(directory, 'log'), 'utf8'),
    stop,
    startAgain: async () => {
      server = await start();
    },
  };
}

/** That of this process, without what would bring in the user's own keys. */
function environment(): Record<string, string> {
  const { SSH_AUTH_SOCK: _, SSH_ASKPASS: __, DISPLAY: ___, ...env } = process.env;
  return env as Record<string, string>;
}

async function makeKeys(directory: string, { passphrase = '' }: SshdOptions): Promise<void> {
  for (const [name, secret] of [
    ['host', ''],
    ['other', ''],
    ['id', passphrase],
  ] as const) {
    // Few rounds: a test need not wait for a strong one.
    const args = ['-q', '-t', 'ed25519', '-a', '1', '-N', secret, '-C', '', '-f', join(directory, name)];
    execFileSync('ssh-keygen', args, { stdio: 'ignore' });
  }
}

function serverConfig(directory: string, port: number, options: SshdOptions): string {
  const { config = [], refuses = false, sftp = 'internal-sftp' } = options;
  return [
    ...config,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(directory, 'host')}`,
    `AuthorizedKeysFile ${join(directory, refuses ? 'other.pub' : 'id.pub')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'MaxStartups 100',
    sftp === '' ? '' : `Subsystem sftp ${sftp}`,
    '',
  ].join('\n');
}

async function writeClientFiles(directory: string, port: number, { knownHost }: SshdOptions): Promise<void> {
  const key = (await readFile(join(directory, knownHost === 'another' ? 'other.pub' : 'host.pub'), 'utf8')).trim();
  await writeFile(join(directory, 'known_hosts'), knownHost === 'none' ? '' : `[127.0.0.1]:${port} ${key}\n`);
  const lines = [
    'Host store',
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    'Host *',
    `  IdentityFile ${join(directory, 'id')}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${join(directory, 'known_hosts')}`,
    '  GlobalKnownHostsFile /dev/null',
    '',
  ];
  await writeFile(join(directory, 'config'), lines.join('\n'));
}

function childrenOf(pid: number | undefined): number[] {
  try {
    const found = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return found.trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    // No line at all is a status of 1.
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

/** A port that nothing listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd does not answer at port ${port}`);
}

async function end(server: ChildProcess): Promise<void> {
  for (const pid of childrenOf(server.pid)) kill(pid);
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await ended;
}
