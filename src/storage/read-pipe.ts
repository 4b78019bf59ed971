import { createReadStream, fstatSync, open } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { readError, systemCode } from './system-error.ts';

/**
 * Reads what has no size and no positions, as a pipe, from its beginning to its end.
 *
 * @throws {IactError} `not-found`, `unreadable`; the reason of `signal`.
 */
export async function* readPipe(uri: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void> {
  try {
    const fd = await promisify(open)(uri, 'r');
    // A read of a pipe through the thread pool could not be given up before somebody writes, nor would the process end.
    const stream = fstatSync(fd).isFIFO() ? socketOf(fd) : createReadStream('', { fd });
    if (signal !== undefined) addAbortSignal(signal, stream);
    yield* stream;
  } catch (error) {
    signal?.throwIfAborted();
    throw systemCode(error) === undefined ? error : readError(error, uri);
  }
}

/** Loaded here: every program has this module, and few read a pipe. */
function socketOf(fd: number): Readable {
  const { Socket } = process.getBuiltinModule('node:net');
  return new Socket({ fd, readable: true });
}
