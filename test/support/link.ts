import { connect, createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Lane, Pipe, reset, TICK_MS } from './link-pipe.ts';

export interface LinkOptions {
  /** Port of the server behind the link. */
  readonly port: number;
  /** Address of the server behind the link; 127.0.0.1 if absent. */
  readonly host?: string;
  /** Every byte takes half of it in each direction, and a connection one more to be made. */
  readonly roundTripMs?: number;
  /** Rate in each direction, shared by all connections. */
  readonly bytesPerSecond?: number;
  /** Every connection is reset after it gave the client this many bytes. */
  readonly cutAfterBytes?: number;
}

/** A long way to a server, for as many connections as come. */
export interface Link {
  /** Port on 127.0.0.1 that leads to the server. */
  readonly port: number;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Bytes that came to the server and to the clients so far. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** Resets all connections now. */
  cut(): void;
  /** While on, nobody listens on the port; connections that are there go on. */
  refuse(on: boolean): void;
  /** While on, connections can be made, and no byte passes. */
  stall(on: boolean): void;
  stop(): Promise<void>;
}

/** Below those that Linux (32768 to 60999) and others (49152 to 65535) give away. */
const QUIET_PORTS = { first: 20_000, last: 32_000 } as const;
const ATTEMPTS = 20;
/** Time that a client has to take the last bytes of a connection that is cut after so many. */
const CUT_MS = 5;
const LONGEST_CLOSE_MS = 2000;

/** Puts a link in front of a server of this machine. A single connection has no slow start, unlike one of TCP. */
export async function startLink(options: LinkOptions): Promise<Link> {
  const { roundTripMs = 0, bytesPerSecond = Number.POSITIVE_INFINITY } = options;
  const lane = (): Lane => new Lane(roundTripMs / 2, bytesPerSecond / 1000);
  const running = new RunningLink(options, lane(), lane());
  for (let attempt = 1; ; attempt++) {
    try {
      await running.listen(quietPort());
      return running;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * A port that the system gives to nobody who asks for any, be it to listen or to connect from. While a link refuses
 * connections its port is free: another test would take it, and a client would reach a stranger who never answers.
 */
function quietPort(): number {
  return QUIET_PORTS.first + Math.floor(Math.random() * (QUIET_PORTS.last + 1 - QUIET_PORTS.first));
}

class RunningLink implements Link {
  port = 0;
  connections = 0;
  private readonly options: LinkOptions;
  private readonly up: Lane;
  private readonly down: Lane;
  private readonly pipes: Set<Pipe> = new Set();
  private readonly sockets: Set<Socket> = new Set();
  private readonly starting: Set<NodeJS.Timeout> = new Set();
  private listener: Server | undefined;
  private stalled = false;
  private timer: NodeJS.Timeout | undefined;
  private timerAtMs = 0;

  constructor(options: LinkOptions, up: Lane, down: Lane) {
    this.options = options;
    this.up = up;
    this.down = down;
  }

  get bytesUp(): number {
    return this.up.bytes;
  }

  get bytesDown(): number {
    return this.down.bytes;
  }

  async listen(port: number): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => this.accept(client));
    this.listener = server;
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    const address = server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
  }

  cut(): void {
    for (const start of this.starting) clearTimeout(start);
    this.starting.clear();
    for (const socket of this.sockets) reset(socket);
    this.pipes.clear();
  }

  refuse(on: boolean): void {
    if (on === (this.listener === undefined)) return;
    this.listener?.close();
    this.listener = undefined;
    if (!on) void this.listen(this.port);
  }

  stall(on: boolean): void {
    this.stalled = on;
    this.pass();
  }

  async stop(): Promise<void> {
    this.refuse(true);
    this.cut();
    this.stall(true);
    clearTimeout(this.timer);
    const closing = [...this.sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    // A socket that was just being shut down cannot be reset, and Node tells nobody when it is closed.
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_CLOSE_MS).unref());
    await Promise.race([Promise.all(closing), late]);
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket.setNoDelay());
    socket.on('error', () => {});
    return socket.on('close', () => this.sockets.delete(socket));
  }

  private accept(client: Socket): void {
    const { roundTripMs = 0 } = this.options;
    this.connections++;
    this.keep(client);
    this.later(roundTripMs, () => {
      const outward = new Pipe(client, this.up, () => this.pass());
      this.pipes.add(outward);
      client.resume();
      this.later(roundTripMs / 2, () => this.join(client, outward));
    });
  }

  private join(client: Socket, outward: Pipe): void {
    const { port, host = '127.0.0.1', cutAfterBytes } = this.options;
    const server = this.keep(connect({ port, host, allowHalfOpen: true }));
    // Not at once: where RST comes together with the last bytes, Node may report an orderly end.
    const cut = (): void => this.later(CUT_MS, () => [client, server].forEach(reset));
    const inward = new Pipe(server, this.down, () => this.pass(), cutAfterBytes, cut);
    this.pipes.add(inward);
    outward.lead(server);
    inward.lead(client);
    server.on('close', () => this.pipes.delete(outward));
    client.on('close', () => this.pipes.delete(inward));
    this.pass();
  }

  private later(delayMs: number, action: () => void): void {
    if (delayMs <= 0) {
      action();
      return;
    }
    const start = setTimeout(() => {
      this.starting.delete(start);
      action();
    }, delayMs);
    this.starting.add(start);
  }

  private ring(): void {
    this.timer = undefined;
    this.pass();
  }

  /** Passes on what is due, and sets the timer for what comes next. */
  private pass(): void {
    if (this.stalled) return;
    const nowMs = performance.now();
    this.up.admit(nowMs);
    this.down.admit(nowMs);
    let dueAtMs = Math.min(this.up.dueAtMs, this.down.dueAtMs);
    for (const pipe of this.pipes) {
      if (pipe.dueAtMs <= nowMs + TICK_MS) pipe.deliver(nowMs);
      dueAtMs = Math.min(dueAtMs, pipe.dueAtMs);
    }
    if (this.timer !== undefined && this.timerAtMs <= dueAtMs) return;
    clearTimeout(this.timer);
    this.timerAtMs = dueAtMs;
    this.timer = Number.isFinite(dueAtMs) ? setTimeout(() => this.ring(), dueAtMs - nowMs) : undefined;
  }
}
