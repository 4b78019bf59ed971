import { closeSync, openSync, writeSync } from 'node:fs';
import type { TextOutput } from '../output.ts';
import { reasonOf } from '../reason.ts';

/** Where the lines of a log go. */
export interface LogSink {
  /** Takes one line with its newline. Never throws. */
  write(line: string): void;
  close(): void;
}

/** Lines on an output of the program, for `debug=yes`. */
export function outputSink(output: TextOutput): LogSink {
  return { write: (line) => output.write(line), close: () => {} };
}

/**
 * Truncates or creates a log file. Each line is handed to the system when it is written, so that a killed program leaves
 * a log that ends with a whole line.
 *
 * A log is never worth a run: what cannot be opened or written is told once to `warn`, and nothing is written from then on.
 * @param shownPath the path as the user wrote it, for messages.
 * @returns undefined when the file cannot be opened.
 */
export function openLogFile(path: string, shownPath: string, warn: (message: string) => void): LogSink | undefined {
  const fail = (error: unknown): void =>
    warn(`Cannot write the log file "${shownPath}" (${reasonOf(error)}): going on without it.`);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'w');
  } catch (error) {
    fail(error);
    return undefined;
  }
  const close = (): void => {
    if (descriptor === undefined) return;
    const closing = descriptor;
    descriptor = undefined;
    try {
      closeSync(closing);
    } catch (error) {
      fail(error);
    }
  };
  return {
    write: (line) => {
      if (descriptor === undefined) return;
      try {
        writeAll(descriptor, line);
      } catch (error) {
        fail(error);
        close();
      }
    },
    close,
  };
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}
