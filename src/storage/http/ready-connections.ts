import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { ExpectedReads } from '../contract.ts';
import { withHeldEnds } from './hold-end.ts';

/** How long a connection may take to be made. */
export const CONNECT_TIMEOUT_MS = 30_000;
/** Some servers answer "408" to a connection that nothing is asked over, after 20 s at the earliest. */
const UNUSED_MS = 5000;

/** So much more to read is worth a connection. */
const BYTES_OF_A_CONNECTION = 512 * 1024;

type Connect = buildConnector.connector;
type Callback = buildConnector.Callback;

/** How many connections are worth making for what is going to be read; the most if nothing is known of it. */
export function connectionsFor(expected: ExpectedReads | undefined, most: number): number {
  if (expected === undefined) return most;
  return Math.min(most, expected.unsizedFiles + Math.ceil(expected.bytes / BYTES_OF_A_CONNECTION));
}

/** The connections to one server. */
interface Origin {
  /** Made, and not yet asked for. */
  readonly ready: Socket[];
  /** Requests that wait for one that is on its way, in their order: never more than there are of these. */
  readonly waiting: Callback[];
  /** On their way. */
  begun: number;
  /** Handed out, or about to be, and not ended. */
  used: number;
}

/** Connections that are made before there is a request for them: each saves it the round trips of making one. */
export class ReadyConnections {
  private readonly make: Connect;
  private readonly origins: Map<string, Origin> = new Map();
  private isClosed = false;

  /** @param make how a connection is made. */
  constructor(make: Connect) {
    this.make = withHeldEnds(make);
  }

  /**
   * Begins to make connections, until so many are there, in use or not, or on their way. Whether they succeed, the request
   * hears that waits for one of them.
   */
  open({ protocol, host, hostname, port }: URL, count: number): void {
    if (this.isClosed) return;
    const origin = this.originOf(protocol, host);
    const { ready, waiting, begun, used } = origin;
    // Without the brackets that an address of IPv6 has in a URL.
    const options = { protocol, host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port };
    for (let there = ready.length + begun - waiting.length + used; there < count; there++) this.begin(origin, options);
  }

  /** Hands out one that is there, or the next that comes, or makes one. */
  readonly connect: Connect = (options, callback) => {
    const origin = this.originOf(options.protocol, options.host ?? options.hostname);
    origin.used += 1;
    const end = (): void => {
      origin.used -= 1;
    };
    const hand: Callback = (...made) => {
      const [error, socket] = made;
      if (error === null) socket.once('close', end);
      else end();
      callback(...made);
    };
    const socket = takeUsable(origin.ready);
    if (socket !== undefined) queueMicrotask(() => hand(null, socket));
    else if (origin.waiting.length < origin.begun) origin.waiting.push(hand);
    else this.make(options, hand);
  };

  close(): void {
    this.isClosed = true;
    for (const { ready } of this.origins.values()) for (const socket of ready.splice(0)) socket.destroy();
  }

  private originOf(protocol: string, host: string): Origin {
    const name = `${protocol}//${host}`;
    const known = this.origins.get(name) ?? { ready: [], waiting: [], begun: 0, used: 0 };
    this.origins.set(name, known);
    return known;
  }

  private begin(origin: Origin, options: buildConnector.Options): void {
    const giveUpAt = performance.now() + UNUSED_MS;
    origin.begun += 1;
    this.make(options, (...made) => {
      origin.begun -= 1;
      const [error, socket] = made;
      // One that was lost on its way comes later than those behind it: whoever waits is given what comes first.
      const isWaitedFor = error === null || origin.waiting.length > origin.begun;
      const hand = isWaitedFor ? origin.waiting.shift() : undefined;
      if (hand !== undefined) hand(...made);
      else if (error === null) this.keep(origin, socket, giveUpAt);
    });
  }

  /** Keeps a connection for the next request, for some time. */
  private keep({ ready }: Origin, socket: Socket, giveUpAt: number): void {
    // An error of a connection that nobody uses is nobody's.
    socket.on('error', () => undefined);
    if (this.isClosed) {
      socket.destroy();
      return;
    }
    ready.push(socket);
    const timer = setTimeout(() => {
      const place = ready.indexOf(socket);
      if (place < 0) return;
      ready.splice(place, 1);
      socket.destroy();
    }, giveUpAt - performance.now()).unref();
    socket.once('close', () => clearTimeout(timer));
  }
}

/** The server may have ended some meanwhile. */
function takeUsable(ready: Socket[]): Socket | undefined {
  for (;;) {
    const socket = ready.shift();
    if (socket === undefined || (socket.readable && socket.writable)) return socket;
  }
}
