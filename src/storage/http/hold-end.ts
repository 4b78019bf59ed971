import type { Socket } from 'node:net';
import type { buildConnector, Dispatcher, Pool } from 'undici';

type Connect = buildConnector.connector;

/**
 * Connections whose end, or loss, comes to undici when it has asked for all that came before. While the reader of an answer is
 * slower than the link, undici 7 lets its parser rest, and a server that ends the connection meanwhile (`Connection: close`, as
 * HTTP/1.0 always does, and others after some hundred requests) would end the program by an assertion that nobody can catch.
 *
 * @see https://github.com/nodejs/undici/issues/5360
 */
export function withHeldEnds(make: Connect): Connect {
  return (options, callback) =>
    make(options, (...made) => {
      if (made[0] === null) holdEnd(made[1]);
      callback(...made);
    });
}

/** As {@link withHeldEnds}, for an agent that makes its connections through a proxy: what gives it a pool of them. */
export function poolWithHeldEnds(
  undici: typeof import('undici'),
): (origin: string | URL, options: object) => Dispatcher {
  return (origin, options) => {
    const { connect, ...others } = options as Pool.Options & { readonly connect: Connect };
    return new undici.Pool(origin, { ...others, connect: withHeldEnds(connect) });
  };
}

/** A parser reads until there is nothing more, and one that rests does not read. */
function holdEnd(socket: Socket): void {
  const push = socket.push.bind(socket);
  const read = socket.read.bind(socket);
  const destroy = socket.destroy.bind(socket);
  let isResting = false;
  let isEndHeld = false;
  socket.push = (chunk, encoding) => {
    if (chunk !== null || !isResting) return push(chunk, encoding);
    isEndHeld = true;
    return false;
  };
  socket.read = (size) => {
    const chunk: unknown = read(size);
    if (size === undefined) isResting = chunk !== null;
    if (isEndHeld && !isResting) {
      isEndHeld = false;
      process.nextTick(() => push(null));
    }
    return chunk;
  };
  // Of a reset after which no more can come, undici takes what it has for all that there was, and asks the resting parser.
  socket.destroy = (error) => destroy(isResting && isReset(error) ? lost(error) : error);
}

function isReset(error: Error | undefined): error is NodeJS.ErrnoException {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ECONNRESET';
}

function lost(error: NodeJS.ErrnoException): Error {
  return Object.assign(new Error(error.message, { cause: error }), { code: 'EPIPE' });
}
