/** A stream to print on. */
export interface CliStream {
  write(text: string): unknown;
  /** Width of the terminal, where it is one; changes when the terminal does. */
  readonly columns?: number;
  /** Height of the terminal, where it is one. */
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
}

/** The streams of this process. A reader that goes away (`iact find | head`) ends it in silence. */
export function nodeIo(): CliIo {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
  let signal: AbortSignal | undefined;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    interrupts: () => {
      signal ??= abortOnSignals();
      return signal;
    },
  };
}

function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
