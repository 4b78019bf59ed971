import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../testing/conformance.ts';
import { PacketSplitter } from './packet-splitter.ts';
import { PacketWriter } from './packet-writer.ts';
import { PACKET } from './protocol.ts';
import { decodeReply, decodeUint64s, decodeVersion } from './reply.ts';

/** A packet without its length. */
const body = (packet: PacketWriter): Buffer => packet.encode().subarray(4);

describe('PacketWriter', () => {
  it('writes a request as the draft has it', () => {
    const packet = new PacketWriter(PACKET.open).uint32(7).string('é').uint32(0x1a).attributes({ mode: 0o600 });
    expect(packet.encode().toString('hex')).toBe(
      ['00000017', '03', '00000007', '00000002', 'c3a9', '0000001a', '00000004', '00000180'].join(''),
    );
  });

  it('grows with what is written', () => {
    const data = bytesOf(100_000);
    const packet = new PacketWriter(PACKET.data, 1).uint32(1).bytes(data).encode();
    expect(packet.readUInt32BE(0)).toBe(packet.length - 4);
    expect(packet.subarray(13).equals(data)).toBe(true);
  });

  it('keeps a position beyond 4 GiB', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (position) => {
        expect(decodeUint64s(body(new PacketWriter(0).uint64(position)).subarray(1))).toEqual([position]);
      }),
    );
  });
});

describe('decodeReply()', () => {
  it('reads attributes, whichever of them are there', () => {
    const all = new PacketWriter(PACKET.attrs)
      .uint32(9)
      .uint32(0x8000000f)
      .uint64(2 ** 33 + 5)
      .uint32(1)
      .uint32(2);
    all.uint32(0o100644).uint32(11).uint32(12).uint32(1).string('name').string('value');
    expect(decodeReply(body(all))).toEqual({
      id: 9,
      reply: { type: 'attributes', attributes: { sizeBytes: 2 ** 33 + 5, permissions: 0o100644, mtimeSeconds: 12 } },
    });
    expect(decodeReply(body(new PacketWriter(PACKET.attrs).uint32(9).uint32(0))).reply).toEqual({
      type: 'attributes',
      attributes: { sizeBytes: undefined, permissions: undefined, mtimeSeconds: undefined },
    });
  });

  it('reads a status with and without a message', () => {
    const bare = new PacketWriter(PACKET.status).uint32(1).uint32(4);
    expect(decodeReply(body(bare)).reply).toEqual({ type: 'status', code: 4, message: '' });
    expect(decodeReply(body(bare.string('Failure').string('en'))).reply).toEqual({
      type: 'status',
      code: 4,
      message: 'Failure',
    });
  });

  it('reads names', () => {
    const packet = new PacketWriter(PACKET.name).uint32(1).uint32(2);
    for (const name of ['a', 'ü b']) packet.string(name).string(`-rw-r--r-- ${name}`).uint32(0);
    expect(decodeReply(body(packet)).reply).toMatchObject({ type: 'names', names: [{ name: 'a' }, { name: 'ü b' }] });
  });

  it('throws nothing but a RangeError for what is no packet', () => {
    const decode = (packet: Uint8Array): void => {
      for (const action of [decodeReply, decodeVersion]) {
        try {
          action(Buffer.from(packet));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    };
    const type = fc.constantFrom(...Object.values(PACKET));
    fc.assert(
      fc.property(type, fc.uint8Array({ maxLength: 60 }), (first, rest) => decode(Buffer.from([first, ...rest]))),
    );
  });
});

describe('PacketSplitter.take()', () => {
  it('gives every packet, however the stream is cut', () => {
    const packets = [1, 5, 2000, 300_000].map((length, i) => bytesOf(length, i));
    const stream = Buffer.concat(packets.map((packet) => new PacketWriter(0).bytes(packet).encode().subarray(5)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1 }), (sizes) => {
        const splitter = new PacketSplitter();
        const found: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          // Bytes one by one would take long for the large packet.
          const step = at > 2100 ? Math.max(size, 1000) : size;
          found.push(...splitter.take(stream.subarray(at, at + step)));
          at += step;
        }
        expect(found.map((packet) => packet.length)).toEqual(packets.map((packet) => packet.length));
        for (const [i, packet] of packets.entries()) expect(found[i]?.equals(packet)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it.each(['Welcome to the cluster', '\0\0\0\0'])('refuses %j', (text) => {
    expect(() => new PacketSplitter().take(Buffer.from(text))).toThrow(RangeError);
  });
});
