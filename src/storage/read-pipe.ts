import { constants, createReadStream, open, stat } from 'node:fs';
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
    const isPipe = (await promisify(stat)(uri)).isFIFO();
    // In the thread pool, a pipe that nobody opens to write, or writes to, could not be given up, nor would the process end.
    const fd = await promisify(open)(uri, isPipe ? constants.O_RDONLY | constants.O_NONBLOCK : 'r');
    const stream = isPipe ? socketOf(fd) : createReadStream('', { fd });
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
