import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import type { OutputStream, ProgramIo } from '../io.ts';

/** A world for one test: an empty working directory and home, recorded outputs, a clock that stands. */
export interface FakeIo extends ProgramIo {
  readonly stdin: PassThrough;
  /** What was written so far. */
  out(): string;
  err(): string;
  /** Asks the program to stop. */
  abort(reason: Error): void;
  /** Removes the directories. */
  remove(): void;
}

export interface FakeIoOptions {
  /** Standard input, to its end; without it the input stays open and silent. */
  input?: string;
  env?: Record<string, string>;
  interactive?: boolean;
}

/** The directories are `<root>/work` (cwd) and `<root>/home`. */
export function fakeIo({ input, env = {}, interactive = false }: FakeIoOptions = {}): FakeIo {
  const root = mkdtempSync(join(tmpdir(), 'iact-ctools-'));
  const cwd = join(root, 'work');
  const homeDir = join(root, 'home');
  mkdirSync(cwd);
  mkdirSync(homeDir);
  const stdin = new PassThrough();
  if (input !== undefined) Readable.from([Buffer.from(input)]).pipe(stdin);
  const stdout = recordingStream();
  const stderr = recordingStream();
  const controller = new AbortController();
  return {
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    interactive,
    homeDir,
    homeOf: (user) => (user === 'ada' ? '/home/ada' : undefined),
    now: () => new Date('2026-11-22T07:38:44.900Z'),
    cpuSeconds: () => 0.0197567,
    signal: controller.signal,
    out: stdout.text,
    err: stderr.text,
    abort: (reason) => controller.abort(reason),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function recordingStream(): { stream: OutputStream; text(): string } {
  let text = '';
  const stream = new Writable({
    write: (piece, _encoding, done) => {
      text += String(piece);
      done();
    },
  });
  return { stream, text: () => text };
}
