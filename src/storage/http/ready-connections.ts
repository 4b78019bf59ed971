import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { ExpectedReads } from '../contract.ts';

/** How long a connection may take to be made. */
export const CONNECT_TIMEOUT_MS = 30_000;
/** Some servers answer "408" to a connection that nothing is asked over, after 20 s at the earliest. */
const UNUSED_MS = 5000;

/** So much more to read is worth a connection. */
const BYTES_OF_A_CONNECTION = 512 * 1024;

type Connect = buildConnector.connector;
type Found = { readonly socket: Socket } | { readonly error: Error };

/** How many connections are worth making for what is going to be read; the most if nothing is known of it. */
export function connectionsFor(expected: ExpectedReads | undefined, most: number): number {
  if (expected === undefined) return most;
  return Math.min(most, expected.unsizedFiles + Math.ceil(expected.bytes / BYTES_OF_A_CONNECTION));
}

/** Connections that are made before there is a request for them: each saves it the round trips of making one. */
export class ReadyConnections {
  private readonly make: Connect;
  /** By origin, in the order in which they were begun. */
  private readonly waiting: Map<string, Promise<Found>[]> = new Map();
  /** How many of each origin were handed out and have not ended. */
  private readonly used: Map<string, number> = new Map();
  private readonly unused: Set<Socket> = new Set();
  private readonly timers: Set<NodeJS.Timeout> = new Set();
  private isClosed = false;

  /** @param make how a connection is made. */
  constructor(make: Connect) {
    this.make = make;
  }

  /**
   * Begins to make connections, until so many are there, in use or not, or on their way. Whether they succeed, the request
   * hears that takes one of them.
   */
  open({ protocol, host, hostname, port }: URL, count: number): void {
    if (this.isClosed) return;
    const origin = `${protocol}//${host}`;
    const waiting = this.waiting.get(origin) ?? [];
    const lacking = Math.max(0, count - waiting.length - (this.used.get(origin) ?? 0));
    // Without the brackets that an address of IPv6 has in a URL.
    const options = { protocol, host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port };
    const begun = Array.from({ length: lacking }, () => this.begin(options));
    this.waiting.set(origin, [...waiting, ...begun]);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      for (const found of begun) this.drop(origin, found);
    }, UNUSED_MS).unref();
    this.timers.add(timer);
  }

  /** Hands out one that is there or on its way, or makes one. */
  readonly connect: Connect = (options, callback) => {
    const origin = `${options.protocol}//${options.host ?? options.hostname}`;
    this.count(origin, 1);
    const end = (): void => this.count(origin, -1);
    this.takeOrMake(origin, options, (...made) => {
      const [error, socket] = made;
      if (error === null) socket.once('close', end);
      else end();
      callback(...made);
    });
  };

  close(): void {
    this.isClosed = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const socket of this.unused) socket.destroy();
  }

  private takeOrMake(origin: string, options: buildConnector.Options, callback: buildConnector.Callback): void {
    const found = this.waiting.get(origin)?.shift();
    if (found === undefined) {
      this.make(options, callback);
      return;
    }
    void found.then((made) => {
      if ('error' in made) {
        callback(made.error, null);
        return;
      }
      this.unused.delete(made.socket);
      // The server may have ended it meanwhile.
      if (made.socket.readable && made.socket.writable) callback(null, made.socket);
      else this.takeOrMake(origin, options, callback);
    });
  }

  private count(origin: string, change: 1 | -1): void {
    this.used.set(origin, (this.used.get(origin) ?? 0) + change);
  }

  private begin(options: buildConnector.Options): Promise<Found> {
    return new Promise((resolve) => {
      this.make(options, (error, socket) => {
        if (error !== null) {
          resolve({ error });
          return;
        }
        // An error of a connection that nobody uses is nobody's.
        socket.on('error', () => undefined);
        this.unused.add(socket);
        if (this.isClosed) socket.destroy();
        resolve({ socket });
      });
    });
  }

  private drop(origin: string, found: Promise<Found>): void {
    const waiting = this.waiting.get(origin) ?? [];
    const place = waiting.indexOf(found);
    if (place < 0) return;
    waiting.splice(place, 1);
    void found.then((made) => {
      if (!('socket' in made)) return;
      this.unused.delete(made.socket);
      made.socket.destroy();
    });
  }
}
