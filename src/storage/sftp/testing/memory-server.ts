import { PassThrough } from 'node:stream';
import { PacketSplitter } from '../packet-splitter.ts';
import { PacketWriter } from '../packet-writer.ts';
import { ATTRIBUTE, OPEN, PACKET, STATUS } from '../protocol.ts';
import type { SshPipes } from '../ssh-process.ts';

/** How a server differs from OpenSSH's. */
export interface MemoryServerOptions {
  /** It gives no more than this at a time. */
  readonly maxReadBytes?: number;
  /** Answers to what arrives together come in the reverse order. */
  readonly reversed?: boolean;
  readonly extensions?: Readonly<Record<string, string>>;
  /** It stores something else than it was given. */
  readonly corrupts?: boolean;
  /** Is called before each request, with its type. */
  readonly onRequest?: (type: number, server: MemoryServer) => void;
}

/** Files by path. A handle is the path; a name that is taken is not given by RENAME, as version 3 has it. */
export class MemoryServer implements SshPipes {
  readonly stdin: PassThrough = new PassThrough();
  readonly stdout: PassThrough = new PassThrough();
  readonly ended: Promise<string>;
  readonly files: Map<string, Uint8Array>;
  /** Types of all requests, in order. */
  readonly requests: number[] = [];
  mtimeSeconds = 1_500_000_000;
  private readonly options: MemoryServerOptions;
  private readonly splitter = new PacketSplitter();
  private over = false;
  private finish: (how: string) => void = () => undefined;

  constructor(files: Readonly<Record<string, Uint8Array>>, options: MemoryServerOptions = {}) {
    this.files = new Map(Object.entries(files));
    this.options = options;
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
    this.stdin.on('data', (chunk: Buffer) => this.take(chunk));
  }

  clearStderr(): void {}

  async end(): Promise<void> {
    this.over = true;
    this.finish('the end');
  }

  private take(chunk: Buffer): void {
    const replies = this.splitter.take(chunk).map((packet) => this.answer(packet));
    if (this.options.reversed) replies.reverse();
    for (const reply of replies) if (!this.over) this.stdout.write(reply);
  }

  private answer(packet: Buffer): Buffer {
    const type = packet[0] ?? 0;
    if (type === PACKET.init) return this.version();
    this.requests.push(type);
    this.options.onRequest?.(type, this);
    const id = packet.readUInt32BE(1);
    const fields = new RequestFields(packet);
    switch (type) {
      case PACKET.open:
      case PACKET.stat:
      case PACKET.fstat:
        return this.look(type, id, fields.string(), fields);
      case PACKET.read:
        return this.read(id, fields.string(), fields.uint64(), fields.uint32());
      case PACKET.write:
        return this.write(id, fields.string(), fields.uint64(), fields.bytes());
      case PACKET.close:
      case PACKET.fsetstat:
        return status(id, STATUS.ok);
      case PACKET.remove:
        return status(id, this.files.delete(fields.string()) ? STATUS.ok : STATUS.noSuchFile);
      case PACKET.rename:
        return this.rename(id, fields.string(), fields.string());
      default:
        return status(id, STATUS.unsupported);
    }
  }

  private version(): Buffer {
    const packet = new PacketWriter(PACKET.version).uint32(3);
    for (const [name, data] of Object.entries(this.options.extensions ?? {})) packet.string(name).string(data);
    return packet.encode();
  }

  private look(type: number, id: number, path: string, fields: RequestFields): Buffer {
    if (type === PACKET.open && (fields.uint32() & OPEN.create) !== 0) {
      if (this.files.has(path)) return status(id, STATUS.failure);
      this.files.set(path, new Uint8Array(0));
    }
    const content = this.files.get(path);
    if (content === undefined) return status(id, STATUS.noSuchFile);
    if (type === PACKET.open) return new PacketWriter(PACKET.handle).uint32(id).string(path).encode();
    const flags = ATTRIBUTE.size | ATTRIBUTE.permissions | ATTRIBUTE.times;
    const packet = new PacketWriter(PACKET.attrs).uint32(id).uint32(flags).uint64(content.length).uint32(0o100644);
    return packet.uint32(0).uint32(this.mtimeSeconds).encode();
  }

  private read(id: number, path: string, start: number, length: number): Buffer {
    const end = start + Math.min(length, this.options.maxReadBytes ?? length);
    const found = this.files.get(path)?.subarray(start, end) ?? new Uint8Array(0);
    if (found.length === 0) return status(id, STATUS.endOfFile);
    return new PacketWriter(PACKET.data, found.length).uint32(id).bytes(found).encode();
  }

  private write(id: number, path: string, start: number, data: Uint8Array): Buffer {
    const old = this.files.get(path);
    if (old === undefined) return status(id, STATUS.noSuchFile);
    const content = new Uint8Array(Math.max(old.length, start + data.length));
    content.set(old);
    content.set(data, start);
    if (this.options.corrupts) content[start] = (content[start] ?? 0) ^ 1;
    this.files.set(path, content);
    return status(id, STATUS.ok);
  }

  private rename(id: number, from: string, to: string): Buffer {
    const content = this.files.get(from);
    if (content === undefined) return status(id, STATUS.noSuchFile);
    if (this.files.has(to)) return status(id, STATUS.failure);
    this.files.delete(from);
    this.files.set(to, content);
    return status(id, STATUS.ok);
  }
}

class RequestFields {
  private readonly packet: Buffer;
  private position = 5;

  constructor(packet: Buffer) {
    this.packet = packet;
  }

  uint32(): number {
    this.position += 4;
    return this.packet.readUInt32BE(this.position - 4);
  }

  uint64(): number {
    return this.uint32() * 2 ** 32 + this.uint32();
  }

  bytes(): Buffer {
    const length = this.uint32();
    this.position += length;
    return this.packet.subarray(this.position - length, this.position);
  }

  string(): string {
    return this.bytes().toString();
  }
}

function status(id: number, code: number): Buffer {
  return new PacketWriter(PACKET.status).uint32(id).uint32(code).string('').string('').encode();
}
