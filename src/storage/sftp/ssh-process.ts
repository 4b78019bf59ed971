import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { SshCommand } from './ssh-command.ts';

/** More than any message of ssh; a banner of the server may come before it. */
const STDERR_CHARACTERS = 16_384;
/** How long an ssh that was told to end may take. */
const END_MS = 2000;

/** What a server is spoken to through. */
export interface SshPipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** How it ended, once it has, and all that it said is there. Never rejects. */
  readonly ended: Promise<string>;
  /** Forgets what was said so far. */
  clearStderr(): void;
  /** Ends it, and what it started. Never throws. */
  end(): Promise<void>;
}

/** A running ssh. What it says is kept and never printed. */
export class SshProcess implements SshPipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly ended: Promise<string>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private said = '';
  private running = true;

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.child = child;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    // Writing to an ssh that has ended fails; why it ended is what counts.
    this.stdin.on('error', () => undefined);
    this.stdout.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('error', () => undefined);
    child.stderr.on('data', (text: string) => {
      this.said = (this.said + text).slice(-STDERR_CHARACTERS);
    });
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.running = false;
        // A process that it left behind may hold its standard error open.
        const limit = setTimeout(() => child.stderr.destroy(), 200);
        const finish = (): void => {
          clearTimeout(limit);
          resolve(signal ?? `status ${code}`);
        };
        if (child.stderr.closed) finish();
        else child.stderr.once('close', finish);
      });
    });
  }

  /** Rejects with the error of the system if it cannot be started. */
  static start({ program, args }: SshCommand, env: Readonly<Record<string, string | undefined>>): Promise<SshProcess> {
    // In a session of its own: no interrupt from the terminal comes to it, and it asks nobody there.
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve(new SshProcess(child)));
    });
  }

  get stderr(): string {
    return this.said;
  }

  clearStderr(): void {
    this.said = '';
  }

  async end(): Promise<void> {
    this.stdin.destroy();
    this.kill('SIGTERM');
    const limit = setTimeout(() => this.kill('SIGKILL'), END_MS);
    await this.ended;
    clearTimeout(limit);
  }

  private kill(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (!this.running || pid === undefined) return;
    try {
      // The group that `detached` made: it, and the commands that its connection goes through.
      process.kill(-pid, signal);
    } catch {
      this.child.kill(signal);
    }
  }
}
