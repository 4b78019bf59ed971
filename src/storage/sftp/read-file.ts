import { IactError } from '../../core/index.ts';
import { changedFile } from '../changed-file.ts';
import type { FileInfo, ReadOptions } from '../contract.ts';
import { abortable } from './abortable.ts';
import { fileInfo, refuseChanged } from './attributes.ts';
import type { SftpConnections } from './connections.ts';
import { PromisedBytes } from './promised-bytes.ts';
import { OPEN } from './protocol.ts';
import { ReadBudget } from './read-budget.ts';
import { closeHandle, openFile, readHandle, statHandle } from './sftp-calls.ts';
import type { SftpChannel } from './sftp-channel.ts';
import { readStatusError } from './status-error.ts';

/** What a connection is asked for at a time, by all reads together; ssh holds 2 MB on the way, and requests take time. */
const CHANNEL_WINDOW_BYTES = 4 * 1024 * 1024;
/** So much left to read of one file, or so much read of all, makes another connection worth its time. */
export const WORTH_A_CONNECTION_BYTES: number = 16 * 1024 * 1024;
const WORTH_A_CONNECTION_READ_BYTES = 8 * 1024 * 1024;
/** With less left, a file gains nothing from a connection that is there. */
const WORTH_A_HANDLE_BYTES = 4 * 1024 * 1024;
/** What a file of unknown size is taken to bring. */
export const USUAL_FILE_BYTES: number = 512 * 1024;

/** A file that is open on one of the connections. */
interface Lane {
  readonly channel: SftpChannel;
  readonly handle: Uint8Array;
}

interface Block {
  readonly length: number;
  readonly content: Promise<Uint8Array[]>;
}

/** Reads of one store; together they stay within bounds of memory. */
export class SftpReader {
  /** What all reads together have asked for and not handed over. */
  readonly budget: ReadBudget = new ReadBudget();
  private readonly connections: SftpConnections;

  constructor(connections: SftpConnections) {
    this.connections = connections;
  }

  async *read(path: string, uri: string, options: ReadOptions): AsyncGenerator<Uint8Array, void> {
    const { signal } = options;
    signal?.throwIfAborted();
    try {
      const reading = new FileReading(this.budget, this.connections, path, uri, options);
      // Should the reading be given up before there is an answer, what was opened is closed nevertheless.
      const lane = reading.open();
      try {
        yield* reading.run(await abortable(lane, signal));
      } finally {
        reading.close();
        lane.then(closeLane, () => undefined);
      }
    } catch (error) {
      throw readStatusError(error, uri);
    }
  }
}

/** One file, from its opening on. Blocks are asked for ahead, over one or more connections, and come out in order. */
class FileReading {
  private readonly budget: ReadBudget;
  private readonly connections: SftpConnections;
  private readonly path: string;
  private readonly uri: string;
  private readonly options: ReadOptions;
  private readonly lanes: Lane[] = [];
  private readonly blocks: Block[] = [];
  private promised: PromisedBytes | undefined;
  private opening = false;
  private closed = false;
  private firstLook: Promise<FileInfo> | undefined;
  private lookedAtEnd: Promise<FileInfo> | undefined;
  private position: number;
  private end: number;

  constructor(budget: ReadBudget, connections: SftpConnections, path: string, uri: string, options: ReadOptions) {
    this.budget = budget;
    this.connections = connections;
    this.path = path;
    this.uri = uri;
    this.options = options;
    this.position = options.start ?? 0;
    this.end = Math.min(
      options.end ?? Number.POSITIVE_INFINITY,
      options.expected?.sizeBytes ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Opens the file on the connection with the least to do. */
  async open(): Promise<Lane> {
    const bytes = Math.max(0, Number.isFinite(this.end) ? this.end - this.position : USUAL_FILE_BYTES);
    const channel = await this.connections.lightest(bytes);
    this.promised = new PromisedBytes(channel, bytes);
    if (this.closed) {
      this.promised.become(0);
      throw new Error('it was given up');
    }
    return { channel, handle: await openFile(channel, this.path, OPEN.read) };
  }

  async *run(first: Lane): AsyncGenerator<Uint8Array, void> {
    const { expected, signal } = this.options;
    this.lanes.push(first);
    // In the round trip that brings the first bytes the file is looked at, behind them: so it was not changed before
    // they were read.
    this.askAhead(expected === undefined ? this.position + first.channel.maxReadBytes : this.end);
    const info = await abortable(this.looked, signal);
    if (info.kind === 'directory') throw this.unreadable('it is a directory');
    if (expected === undefined) this.end = Math.min(this.end, info.sizeBytes);
    else refuseChanged(this.uri, expected, info);
    this.promised?.become(this.end - this.position);
    this.options.onOpened?.(info);
    for (;;) {
      this.askAhead(this.end);
      const block = this.blocks[0];
      if (block === undefined) break;
      const chunks = await abortable(block.content, signal);
      this.blocks.shift();
      this.budget.release(block.length);
      for (const chunk of chunks) {
        signal?.throwIfAborted();
        yield chunk;
      }
    }
    if (this.lookedAtEnd !== undefined) refuseChanged(this.uri, info, await abortable(this.lookedAtEnd, signal));
  }

  /** What the file was when its first bytes had been read. */
  private get looked(): Promise<FileInfo> {
    return this.firstLook as Promise<FileInfo>;
  }

  /** Gives up what is under way. */
  close(): void {
    this.closed = true;
    this.promised?.become(0);
    for (const { length } of this.blocks) this.budget.release(length);
    this.blocks.length = 0;
    for (const lane of this.lanes.slice(1)) closeLane(lane);
  }

  /** Sends as many requests as suit the connections and the memory, at least one; behind them looks at the file. */
  private askAhead(end: number): void {
    const [first] = this.lanes as [Lane];
    const before = this.position;
    const until = Math.min(end, this.end);
    while (this.position < until) {
      const lane = this.lanes.reduce((least, other) =>
        other.channel.ended || least.channel.bytesInFlight <= other.channel.bytesInFlight ? least : other,
      );
      const length = Math.min(first.channel.maxReadBytes, until - this.position);
      if (this.blocks.length > 0 && !this.mayAsk(lane, length)) break;
      this.ask(lane, this.position, length);
      this.position += length;
    }
    this.promised?.atMost(this.end - this.position);
    if (this.firstLook === undefined) this.firstLook = look(first);
    else if (this.position > before && this.position >= this.end) this.lookedAtEnd = look(first);
    else return;
    (this.lookedAtEnd ?? this.firstLook).catch(() => undefined);
  }

  private mayAsk({ channel }: Lane, length: number): boolean {
    if (!this.budget.mayHold(length)) return false;
    if (channel.bytesInFlight + length <= CHANNEL_WINDOW_BYTES) return true;
    this.spread(this.end - this.position);
    return false;
  }

  private ask(lane: Lane, start: number, length: number): void {
    this.budget.hold(length);
    const content = this.readBlock(lane, start, length).catch((error: unknown) => {
      const [first] = this.lanes as [Lane];
      // A connection beside the first one is never needed.
      if (lane === first || !lane.channel.ended) throw error;
      return this.readBlock(first, start, length);
    });
    content.catch(() => undefined);
    this.blocks.push({ length, content });
  }

  /** All bytes of a block: a server may give fewer than it was asked for, and goes on when asked again. */
  private async readBlock({ channel, handle }: Lane, start: number, length: number): Promise<Uint8Array[]> {
    const chunks: Uint8Array[] = [];
    for (let done = 0; done < length && !this.closed; ) {
      const chunk = await readHandle(channel, handle, start + done, length - done);
      done += chunk?.length ?? 0;
      if (chunk !== undefined) chunks.push(chunk);
      if (done === length) break;
      const sizeBytes = this.options.expected?.sizeBytes ?? (await this.looked).sizeBytes;
      if (start + done >= sizeBytes) break;
      if (chunk === undefined) throw changedFile(this.uri, `it ends after ${start + done} bytes now`);
      // From now on it is asked for no more than it gives at a time.
      channel.learnReadLimit(chunk.length);
    }
    return chunks;
  }

  /** Looks for another connection for a large file, and has one made if that may help. */
  private spread(remainingBytes: number): void {
    const worth = remainingBytes >= WORTH_A_CONNECTION_BYTES || this.budget.askedBytes >= WORTH_A_CONNECTION_READ_BYTES;
    if (worth) this.connections.grow();
    if (remainingBytes < WORTH_A_HANDLE_BYTES || this.opening) return;
    const channel = this.connections.otherThan(this.lanes.map((lane) => lane.channel));
    if (channel === undefined) return;
    this.opening = true;
    this.openLane(channel).then(
      () => {
        this.opening = false;
      },
      // Then this file does without it; `opening` stays set, so that it is not tried again and again.
      () => undefined,
    );
  }

  private async openLane(channel: SftpChannel): Promise<void> {
    const lane = { channel, handle: await openFile(channel, this.path, OPEN.read) };
    const [[first], other] = [this.lanes as [Lane], await look(lane)];
    const { sizeBytes, mtimeMs } = await look(first);
    if (!this.closed && other.sizeBytes === sizeBytes && other.mtimeMs === mtimeMs) {
      this.lanes.push(lane);
      return;
    }
    closeLane(lane);
    throw new Error('another file has the name by now');
  }

  private unreadable(reason: string): IactError {
    return new IactError('unreadable', `Cannot read "${this.uri}": ${reason}.`, { uri: this.uri });
  }
}

async function look({ channel, handle }: Lane): Promise<FileInfo> {
  return fileInfo(await statHandle(channel, handle));
}

/** Not awaited: nothing depends on it, and a connection that is lost closes it as well. */
function closeLane({ channel, handle }: Lane): void {
  closeHandle(channel, handle).catch(() => undefined);
}
