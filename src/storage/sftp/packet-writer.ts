import { ATTRIBUTE } from './protocol.ts';

/** Attributes to be set (draft-ietf-secsh-filexfer-02 §5). */
export interface NewAttributes {
  readonly sizeBytes?: number | undefined;
  readonly mode?: number | undefined;
  /** Whole seconds since 1970. */
  readonly mtimeSeconds?: number | undefined;
}

/** Composes one packet; its length is put in front at the end. */
export class PacketWriter {
  private buffer: Buffer;
  private length = 4;

  constructor(type: number, expectedBytes = 256) {
    this.buffer = Buffer.allocUnsafe(expectedBytes + 16);
    this.byte(type);
  }

  byte(value: number): this {
    this.reserve(1);
    this.length = this.buffer.writeUInt8(value, this.length);
    return this;
  }

  uint32(value: number): this {
    this.reserve(4);
    this.length = this.buffer.writeUInt32BE(value >>> 0, this.length);
    return this;
  }

  uint64(value: number): this {
    return this.uint32(Math.floor(value / 2 ** 32)).uint32(value % 2 ** 32);
  }

  bytes(value: Uint8Array): this {
    this.uint32(value.length);
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
    return this;
  }

  /** Names of files go as UTF-8, as all systems of today have them. */
  string(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  attributes({ sizeBytes, mode, mtimeSeconds }: NewAttributes): this {
    const flags =
      (sizeBytes === undefined ? 0 : ATTRIBUTE.size) |
      (mode === undefined ? 0 : ATTRIBUTE.permissions) |
      (mtimeSeconds === undefined ? 0 : ATTRIBUTE.times);
    this.uint32(flags);
    if (sizeBytes !== undefined) this.uint64(sizeBytes);
    if (mode !== undefined) this.uint32(mode);
    // The time of access cannot be left out.
    if (mtimeSeconds !== undefined) this.uint32(mtimeSeconds).uint32(mtimeSeconds);
    return this;
  }

  /** The packet, ready to be sent. */
  encode(): Buffer {
    this.buffer.writeUInt32BE(this.length - 4, 0);
    return this.buffer.subarray(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + count));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}
