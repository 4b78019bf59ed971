import type { OutputStream } from './io.ts';

/** A place for text that a program must never fail on: a reader that went away is not an error of the program. */
export interface TextOutput {
  write(text: string): void;
}

const guarded = new WeakSet<OutputStream>();

/**
 * Writes to a stream and ignores every failure of it, so that `program | head` ends in silence.
 *
 * The stream keeps one error listener for good: a pipe may report its closed end after the program is done.
 */
export function toleratingOutput(stream: OutputStream): TextOutput {
  if (!guarded.has(stream)) {
    guarded.add(stream);
    stream.on('error', () => {});
  }
  return {
    write: (text) => {
      if (stream.writable) stream.write(text);
    },
  };
}
