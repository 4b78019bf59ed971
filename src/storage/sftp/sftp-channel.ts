import { performance } from 'node:perf_hooks';
import { PacketSplitter } from './packet-splitter.ts';
import { PacketWriter } from './packet-writer.ts';
import { EXTENSION, PACKET, SAFE_DATA_BYTES } from './protocol.ts';
import { decodeReply, decodeUint64s, decodeVersion, type Reply } from './reply.ts';
import type { SshPipes } from './ssh-process.ts';

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** What an OpenSSH server tells of itself is below this; a packet has a few bytes besides its data. */
const MAX_DATA_BYTES = 255 * 1024;

/** Requests and replies over one ssh: any number of requests under way, told apart by their number. */
export class SftpChannel {
  /** Bytes that were asked for or sent, and not answered yet. */
  bytesInFlight = 0;
  /** Bytes of opened files that will be asked for, and have not been yet. */
  bytesPromised = 0;
  /** Bytes that came, of whatever. */
  bytesReceived = 0;
  /** The least time that a request took that asks for little. */
  roundTripMs: number = Number.POSITIVE_INFINITY;
  maxReadBytes: number = SAFE_DATA_BYTES;
  maxWriteBytes: number = SAFE_DATA_BYTES;
  private readonly ssh: SshPipes;
  private readonly toError: (how: string, ours?: string) => Error;
  private readonly splitter = new PacketSplitter();
  private readonly pending = new Map<number, Pending>();
  private extensions: ReadonlyMap<string, string> = new Map();
  private onVersion: Pending | undefined;
  private nextId = 1;
  private failure: Error | undefined;
  // Why we are ending it.
  private reason: string | undefined;
  private corked = false;

  private constructor(ssh: SshPipes, toError: (how: string, ours?: string) => Error) {
    this.ssh = ssh;
    this.toError = toError;
    ssh.stdout.on('data', (chunk: Buffer) => this.take(chunk));
    ssh.ended.then((how) => this.fail(this.toError(how, this.reason)));
  }

  /**
   * Agrees on the version with the server behind an ssh.
   *
   * @param toError the error for an ssh that ended, or that we could not go on with for the reason `ours`.
   */
  static async open(ssh: SshPipes, toError: (how: string, ours?: string) => Error): Promise<SftpChannel> {
    const channel = new SftpChannel(ssh, toError);
    const version = new Promise<void>((resolve, reject) => {
      channel.onVersion = { resolve: () => resolve(), reject };
    });
    ssh.stdin.write(new PacketWriter(PACKET.init).uint32(3).encode());
    await version;
    channel.askLimits();
    return channel;
  }

  /** Whether requests can no longer be made. */
  get ended(): boolean {
    return this.failure !== undefined || this.reason !== undefined;
  }

  /** What it still has to carry, as far as that is known. */
  get load(): number {
    return this.bytesInFlight + this.bytesPromised;
  }

  has(extension: string): boolean {
    return this.extensions.has(extension);
  }

  /**
   * Sends a request.
   *
   * @param bytes how much its data, or those of its reply, count for `bytesInFlight`.
   * @throws the error of `toError` when the connection is lost.
   */
  async request(type: number, compose: (packet: PacketWriter) => void, bytes = 0): Promise<Reply> {
    if (this.failure !== undefined) throw this.failure;
    const id = this.nextId;
    this.nextId = (this.nextId + 1) >>> 0;
    const packet = new PacketWriter(type, type === PACKET.write ? bytes + 64 : 128).uint32(id);
    compose(packet);
    this.bytesInFlight += bytes;
    const begun = performance.now();
    try {
      const reply = await new Promise<Reply>((resolve, reject) => {
        this.pending.set(id, { resolve, reject });
        this.send(packet.encode());
      });
      if (bytes === 0) this.roundTripMs = Math.min(this.roundTripMs, performance.now() - begun);
      return reply;
    } finally {
      this.bytesInFlight -= bytes;
    }
  }

  extended(name: string, compose: (packet: PacketWriter) => void): Promise<Reply> {
    return this.request(PACKET.extended, (packet) => compose(packet.string(name)));
  }

  /** Notes that the server gave no more than this at a time. */
  learnReadLimit(bytes: number): void {
    this.maxReadBytes = Math.min(this.maxReadBytes, Math.max(bytes, SAFE_DATA_BYTES));
  }

  /** Ends the connection. Never throws. */
  async close(): Promise<void> {
    this.reason ??= 'the connection was closed';
    await this.ssh.end();
  }

  /** All that is written in one turn goes in one piece. */
  private send(packet: Buffer): void {
    if (!this.corked) {
      this.corked = true;
      this.ssh.stdin.cork();
      process.nextTick(() => {
        this.corked = false;
        this.ssh.stdin.uncork();
      });
    }
    this.ssh.stdin.write(packet);
  }

  private take(chunk: Buffer): void {
    if (this.ended) return;
    this.bytesReceived += chunk.length;
    try {
      for (const packet of this.splitter.take(chunk)) this.dispatch(packet);
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      const started = this.onVersion === undefined;
      this.endWith(
        started
          ? `the server sent ${found}, which is no SFTP`
          : `the server sent something else than SFTP: ${printable(chunk)}. Does the login print something?`,
      );
    }
  }

  private dispatch(packet: Buffer): void {
    if (this.onVersion !== undefined) {
      const { version, extensions } = decodeVersion(packet);
      if (version < 3) throw new RangeError(`version ${version}`);
      this.extensions = extensions;
      this.ssh.clearStderr();
      const { resolve } = this.onVersion;
      this.onVersion = undefined;
      resolve({ type: 'status', code: 0, message: '' });
      return;
    }
    const { id, reply } = decodeReply(packet);
    const pending = this.pending.get(id);
    this.pending.delete(id);
    pending?.resolve(reply);
  }

  private endWith(reason: string): void {
    this.reason = reason;
    void this.ssh.end();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.onVersion?.reject(this.failure);
    this.onVersion = undefined;
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }

  /** Not awaited: the reply is there before that to any OPEN. */
  private askLimits(): void {
    if (!this.has(EXTENSION.limits)) return;
    this.extended(EXTENSION.limits, () => undefined).then(
      (reply) => {
        if (reply.type === 'extended') this.setLimits(decodeUint64s(reply.payload));
      },
      // A lost connection is told to whoever asks next.
      () => undefined,
    );
  }

  private setLimits([, read = 0, write = 0]: number[]): void {
    // 0 is a limit that the server does not know.
    const clip = (bytes: number): number => (bytes === 0 ? SAFE_DATA_BYTES : Math.min(bytes, MAX_DATA_BYTES));
    this.maxReadBytes = clip(read);
    this.maxWriteBytes = clip(write);
  }
}

function printable(chunk: Buffer): string {
  return JSON.stringify(
    chunk
      .subarray(0, 80)
      .toString('latin1')
      .replace(/[^\x20-\x7e]+/g, ' ')
      .trim(),
  );
}
