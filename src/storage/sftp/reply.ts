import { ATTRIBUTE, PACKET } from './protocol.ts';

/** What a server tells of a file; a field is `undefined` where it was left out. */
export interface Attributes {
  readonly sizeBytes: number | undefined;
  /** Type and permission bits, as `st_mode` has them. */
  readonly permissions: number | undefined;
  readonly mtimeSeconds: number | undefined;
}

export interface NamedAttributes {
  readonly name: string;
  readonly attributes: Attributes;
}

/** An answer to a request (draft-ietf-secsh-filexfer-02 §7). */
export type Reply =
  | { readonly type: 'status'; readonly code: number; readonly message: string }
  | { readonly type: 'handle'; readonly handle: Uint8Array }
  | { readonly type: 'data'; readonly data: Uint8Array }
  | { readonly type: 'names'; readonly names: readonly NamedAttributes[] }
  | { readonly type: 'attributes'; readonly attributes: Attributes }
  | { readonly type: 'extended'; readonly payload: Buffer };

/** @throws {RangeError} if a packet ends before its content does, or is of no known type. */
export function decodeReply(packet: Buffer): { readonly id: number; readonly reply: Reply } {
  const fields = new Fields(packet, 1);
  const id = fields.uint32();
  return { id, reply: decodeBody(packet, fields) };
}

function decodeBody(packet: Buffer, fields: Fields): Reply {
  switch (packet[0]) {
    case PACKET.data:
      return { type: 'data', data: fields.bytes() };
    case PACKET.status: {
      const code = fields.uint32();
      // Old servers send no message.
      return { type: 'status', code, message: fields.atEnd() ? '' : fields.string() };
    }
    case PACKET.handle:
      return { type: 'handle', handle: Uint8Array.from(fields.bytes()) };
    case PACKET.attrs:
      return { type: 'attributes', attributes: fields.attributes() };
    case PACKET.name: {
      const names: NamedAttributes[] = [];
      for (let count = fields.uint32(); count > 0; count--) {
        const name = fields.string();
        fields.bytes(); // As `ls -l` would show it.
        names.push({ name, attributes: fields.attributes() });
      }
      return { type: 'names', names };
    }
    case PACKET.extendedReply:
      return { type: 'extended', payload: Buffer.from(fields.rest()) };
    default:
      throw new RangeError(`a packet of the unknown type ${packet[0]}`);
  }
}

/** The version, and the extensions by name, of the first packet (§4). */
export function decodeVersion(packet: Buffer): { readonly version: number; readonly extensions: Map<string, string> } {
  if (packet[0] !== PACKET.version) throw new RangeError(`a packet of type ${packet[0]} instead of the version`);
  const fields = new Fields(packet, 1);
  const version = fields.uint32();
  const extensions = new Map<string, string>();
  while (!fields.atEnd()) extensions.set(fields.string(), fields.string());
  return { version, extensions };
}

/** Numbers of 64 bits in a row, as extended replies have them. */
export function decodeUint64s(payload: Buffer): number[] {
  const fields = new Fields(payload, 0);
  const numbers: number[] = [];
  while (!fields.atEnd()) numbers.push(fields.uint64());
  return numbers;
}

class Fields {
  private readonly packet: Buffer;
  private position: number;

  constructor(packet: Buffer, position: number) {
    this.packet = packet;
    this.position = position;
  }

  atEnd(): boolean {
    return this.position >= this.packet.length;
  }

  uint32(): number {
    const value = this.packet.readUInt32BE(this.position);
    this.position += 4;
    return value;
  }

  uint64(): number {
    return this.uint32() * 2 ** 32 + this.uint32();
  }

  bytes(): Buffer {
    const length = this.uint32();
    const end = this.position + length;
    if (end > this.packet.length) throw new RangeError('a field that is longer than its packet');
    const bytes = this.packet.subarray(this.position, end);
    this.position = end;
    return bytes;
  }

  string(): string {
    return this.bytes().toString();
  }

  rest(): Buffer {
    return this.packet.subarray(this.position);
  }

  attributes(): Attributes {
    const flags = this.uint32();
    const sizeBytes = flags & ATTRIBUTE.size ? this.uint64() : undefined;
    if (flags & ATTRIBUTE.owner) this.position += 8;
    const permissions = flags & ATTRIBUTE.permissions ? this.uint32() : undefined;
    let mtimeSeconds: number | undefined;
    if (flags & ATTRIBUTE.times) {
      this.position += 4;
      mtimeSeconds = this.uint32();
    }
    if (flags & ATTRIBUTE.extended) {
      for (let count = this.uint32(); count > 0; count--) {
        this.bytes();
        this.bytes();
      }
    }
    return { sizeBytes, permissions, mtimeSeconds };
  }
}
