import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** What a connection may hold on its way, unless bandwidth times delay is more. */
const BUFFER_BYTES = 16 << 20;
/** A pump that runs late may catch up this much of the rate. */
const LATE_MS = 50;
/** Timers are as coarse as this; what is due sooner is passed on now. */
export const TICK_MS = 0.5;

type Mark = 'end' | 'reset';

interface Piece {
  readonly content: Buffer | Mark;
  /** When it came, or when it is due. */
  readonly atMs: number;
}

function sizeOf({ content }: Piece): number {
  return typeof content === 'string' ? 0 : content.length;
}

/** First in, first out, without the cost that `shift` has in a long array. */
class Fifo<T> {
  private items: T[] = [];
  private head = 0;

  get first(): T | undefined {
    return this.items[this.head];
  }

  push(item: T): void {
    this.items.push(item);
  }

  replaceFirst(item: T): void {
    this.items[this.head] = item;
  }

  shift(): T | undefined {
    const item = this.items[this.head++];
    if (this.head > 1024 || this.head >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}

/** One direction of all connections: the rate, given out in turns, and the delay. */
export class Lane {
  readonly delayMs: number;
  readonly waitingLimit: number;
  readonly heldLimit: number;
  bytes = 0;
  private readonly bytesPerMs: number;
  private readonly turnBytes: number;
  private readonly ready: Fifo<Pipe> = new Fifo();
  private freeAtMs = 0;

  constructor(delayMs: number, bytesPerMs: number) {
    this.delayMs = delayMs;
    this.bytesPerMs = bytesPerMs;
    this.turnBytes = Math.round(Math.min(65_536, Math.max(1460, bytesPerMs * 5)));
    this.waitingLimit = Math.min(1 << 20, Math.max(65_536, bytesPerMs * 20));
    this.heldLimit = Math.max(BUFFER_BYTES, Number.isFinite(bytesPerMs) ? 2 * bytesPerMs * delayMs : 0);
  }

  /** When the next piece can set out. */
  get dueAtMs(): number {
    return this.ready.first === undefined ? Number.POSITIVE_INFINITY : this.freeAtMs;
  }

  join(pipe: Pipe): void {
    this.ready.push(pipe);
  }

  /** Sends off what the rate allows by now. */
  admit(nowMs: number): void {
    for (let pipe = this.ready.first; pipe && this.freeAtMs <= nowMs + TICK_MS; pipe = this.ready.first) {
      this.ready.shift();
      const piece = pipe.take(this.turnBytes);
      if (piece === undefined) continue;
      const startMs = Math.max(this.freeAtMs, piece.atMs, nowMs - LATE_MS - this.delayMs);
      this.freeAtMs = startMs + sizeOf(piece) / this.bytesPerMs;
      pipe.send({ content: piece.content, atMs: this.freeAtMs + this.delayMs });
      if (pipe.isWaiting) this.ready.push(pipe);
    }
  }
}

/** One direction of one connection. */
export class Pipe {
  to: Socket | undefined;
  private readonly from: Socket;
  private readonly lane: Lane;
  private readonly cut: (() => void) | undefined;
  private readonly waiting: Fifo<Piece> = new Fifo();
  private readonly flying: Fifo<Piece> = new Fifo();
  private waitingBytes = 0;
  private flyingBytes = 0;
  private untilCut: number;

  constructor(from: Socket, lane: Lane, changed: () => void, cutAfterBytes?: number, cut?: () => void) {
    this.from = from;
    this.lane = lane;
    this.untilCut = cutAfterBytes ?? Number.POSITIVE_INFINITY;
    this.cut = cut;
    const arrive = (content: Buffer | Mark) => {
      this.push({ content, atMs: performance.now() });
      changed();
    };
    from.on('data', arrive);
    from.on('end', () => arrive('end'));
    from.on('error', () => arrive('reset'));
  }

  get isWaiting(): boolean {
    return this.waiting.first !== undefined;
  }

  get dueAtMs(): number {
    return (this.to && this.flying.first?.atMs) ?? Number.POSITIVE_INFINITY;
  }

  lead(to: Socket): void {
    this.to = to;
    to.on('drain', () => this.balance());
  }

  take(limit: number): Piece | undefined {
    const piece = this.waiting.first;
    if (piece === undefined) return undefined;
    const { content, atMs } = piece;
    if (typeof content === 'string' || content.length <= limit) this.waiting.shift();
    else this.waiting.replaceFirst({ content: content.subarray(limit), atMs });
    const taken = typeof content === 'string' ? piece : { content: content.subarray(0, limit), atMs };
    this.waitingBytes -= sizeOf(taken);
    return taken;
  }

  send(piece: Piece): void {
    this.flying.push(piece);
    this.flyingBytes += sizeOf(piece);
    this.balance();
  }

  /** Hands over what is due. */
  deliver(nowMs: number): void {
    const { to } = this;
    if (to === undefined || to.destroyed) return;
    to.cork();
    for (let piece = this.flying.first; piece && piece.atMs <= nowMs + TICK_MS; piece = this.flying.first) {
      this.flying.shift();
      this.flyingBytes -= sizeOf(piece);
      if (this.untilCut <= 0) continue;
      if (piece.content === 'end') to.end();
      else if (piece.content === 'reset') reset(to);
      else this.write(to, piece.content.subarray(0, this.untilCut));
    }
    to.uncork();
    this.balance();
  }

  private write(to: Socket, content: Buffer): void {
    this.lane.bytes += content.length;
    this.untilCut -= content.length;
    if (this.untilCut === 0) to.write(content, this.cut);
    else to.write(content);
  }

  private push(piece: Piece): void {
    if (!this.isWaiting) this.lane.join(this);
    this.waiting.push(piece);
    this.waitingBytes += sizeOf(piece);
    this.balance();
  }

  private balance(): void {
    const held = this.waitingBytes + this.flyingBytes + (this.to?.writableLength ?? 0);
    const full = this.waitingBytes >= this.lane.waitingLimit || held >= this.lane.heldLimit;
    if (full !== this.from.isPaused()) full ? this.from.pause() : this.from.resume();
  }
}

/** Ends a connection by RST alone; `resetAndDestroy` of Node sends FIN before it, which looks like an orderly end. */
export function reset(socket: Socket): void {
  // While FIN is being sent, Node cannot.
  Object.assign(socket, { resetAndClosing: !socket.connecting && !socket.writableEnded });
  socket.destroy();
}
