import { getSystemErrorMap } from 'node:util';
import { EXIT_STATUS, messageOf } from '../core/index.ts';
import { outliveHangup } from '../ops/index.ts';

/** A stream to print on. */
export interface CliStream {
  write(text: string): unknown;
  /** Width of the terminal, where it is one; changes when the terminal does. 0 of a terminal that does not tell it. */
  readonly columns?: number;
  /** Its height. */
  readonly rows?: number;
  readonly isTTY?: boolean;
}

/** Where a command prints: results on one stream, errors, remarks and progress on the other. */
export interface CliIo {
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  /** The process environment; nothing of it is looked at if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * A signal that is aborted when the user or the system asks the program to stop. From the first call on, a first SIGINT
   * or SIGTERM does that alone, and a second one ends the process. Never stops if absent.
   */
  readonly interrupts?: () => AbortSignal;
  /**
   * Calls when the program is asked to stop and nobody has called {@link interrupts}; then the process ends. Never calls if
   * absent.
   */
  readonly beforeEnd?: (call: () => void) => void;
  /** Calls before the process is suspended (Ctrl-Z), again and again. @returns what ends that. Never calls if absent. */
  readonly beforeSuspend?: (call: () => void) => () => void;
}

/**
 * The streams of this process. A reader that goes away (`iact find | head`) ends it in silence, or stops what can be
 * stopped; a full disk below standard output is an error.
 */
export function nodeIo(): CliIo {
  let stopper: AbortController | undefined;
  const stop = (): void => (stopper === undefined ? process.exit() : stopper.abort());
  process.stdout.on('error', once(onLostOutput(stop)));
  process.stderr.on(
    'error',
    once(({ code }) => {
      if (code === 'EPIPE') stop();
    }),
  );
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    interrupts: () => {
      stopper ??= abortOnSignals();
      return stopper.signal;
    },
    beforeEnd: (call) => {
      onFirstSignal(() => {
        if (stopper !== undefined) return;
        call();
        process.exit(EXIT_STATUS.cancelled);
      });
    },
    beforeSuspend,
  };
}

type Listener = (error: NodeJS.ErrnoException) => void;

/** A stream that has failed fails again with each later write. */
function once(listener: Listener): Listener {
  let called = false;
  return (error) => {
    if (!called) listener(error);
    called = true;
  };
}

function onLostOutput(stop: () => void): Listener {
  return (error) => {
    if (error.code !== 'EPIPE') {
      const reason = getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? messageOf(error);
      process.stderr.write(`iact: error: Cannot write the standard output: ${reason}.\n`);
      // Whatever becomes of the work, its result was not told.
      process.once('exit', () => {
        process.exitCode = EXIT_STATUS.unwritable;
      });
    }
    stop();
  };
}

function beforeSuspend(call: () => void): () => void {
  const listen = (): unknown => process.once('SIGTSTP', suspend);
  const suspend = (): void => {
    call();
    process.once('SIGCONT', listen);
    // Nobody listens now: the system does as it does without us.
    process.kill(process.pid, 'SIGTSTP');
  };
  listen();
  return () => {
    process.off('SIGTSTP', suspend);
    process.off('SIGCONT', listen);
  };
}

function abortOnSignals(): AbortController {
  const controller = new AbortController();
  onFirstSignal(() => controller.abort());
  outliveHangup();
  return controller;
}

function onFirstSignal(call: () => void): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, call);
}
