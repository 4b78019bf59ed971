import { Buffer } from 'node:buffer';

/** Fields of a header as they shall stand there, however wrong. */
export interface RawMember {
  readonly name: string;
  readonly type?: string;
  readonly link?: string;
  readonly body?: Uint8Array | string;
  /** Text of the field, if it shall not be the size of the body. */
  readonly size?: string | Uint8Array;
  readonly mtime?: number;
  readonly mode?: number;
  readonly prefix?: string;
  readonly magic?: string;
  readonly checksum?: string;
}

/** Header and content of a member, padded. */
export function memberBlocks(member: RawMember): Buffer {
  const {
    name,
    type = '0',
    link = '',
    mtime = 1_600_000_000,
    mode = 0o644,
    prefix = '',
    magic = 'ustar\x0000',
  } = member;
  const body = Buffer.from((member.body ?? '') as string);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'utf8');
  header.write(`${octal(mode, 7)}\0`, 100);
  header.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  if (typeof member.size === 'object') header.set(member.size, 124);
  else header.write(member.size ?? `${octal(body.length, 11)}\0`, 124);
  header.write(`${octal(mtime, 11)}\0`, 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write(link, 157, 100, 'utf8');
  header.write(magic, 257, 'latin1');
  header.write(prefix, 345, 155, 'utf8');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(member.checksum ?? `${octal(sum, 6)}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** A pax header with these records. */
export function paxBlocks(records: Readonly<Record<string, string>>, type = 'x'): Buffer {
  const body = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest);
    while (String(length).length + Buffer.byteLength(rest) !== length) {
      length = String(length).length + Buffer.byteLength(rest);
    }
    return `${length}${rest}`;
  });
  return memberBlocks({ name: 'PaxHeader/x', type, body: body.join('') });
}

/** The two empty blocks that end an archive. */
export const END: Buffer = Buffer.alloc(1024);

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
