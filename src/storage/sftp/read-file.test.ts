import { describe, expect, it } from 'vitest';
import type { FileInfo, ReadOptions } from '../contract.ts';
import { bytesOf } from '../testing/conformance.ts';
import type { SftpConnections } from './connections.ts';
import { PACKET } from './protocol.ts';
import { SftpReader } from './read-file.ts';
import { renameOver } from './sftp-calls.ts';
import { SftpChannel } from './sftp-channel.ts';
import { MemoryServer, type MemoryServerOptions } from './testing/memory-server.ts';

const content = bytesOf(1_000_000);
const info = (sizeBytes: number, mtimeMs = 1_500_000_000_000): FileInfo => ({
  kind: 'file',
  sizeBytes,
  mtimeMs,
  mode: 0o644,
  identity: undefined,
});

async function connect(server: MemoryServer): Promise<SftpChannel> {
  return SftpChannel.open(server, (how, ours) => new Error(ours ?? how));
}

/** As much of the connections as a reader uses; `grow` gives the next one. */
async function connections(...servers: MemoryServer[]): Promise<SftpConnections> {
  const channels = await Promise.all(servers.map(connect));
  let open = 1;
  return {
    lightest: async () => channels[0],
    otherThan: (used: SftpChannel[]) =>
      channels.slice(0, open).find((channel) => !channel.ended && !used.includes(channel)),
    grow: () => {
      open = channels.length;
    },
  } as unknown as SftpConnections;
}

async function read(
  files: Record<string, Uint8Array>,
  server: MemoryServerOptions = {},
  options: ReadOptions = {},
): Promise<{ found: Buffer; requests: number[] }> {
  const memory = new MemoryServer(files, server);
  const chunks: Uint8Array[] = [];
  for await (const chunk of new SftpReader(await connections(memory)).read('a', 'sftp://a', options))
    chunks.push(chunk);
  return { found: Buffer.concat(chunks), requests: memory.requests };
}

describe('SftpReader.read()', () => {
  it.each([
    ['as OpenSSH does', {}],
    ['in pieces shorter than asked for', { maxReadBytes: 10_007 }],
    ['in the reverse order', { reversed: true, maxReadBytes: 20_000 }],
  ])('gives every byte where a server answers %s', async (_, server) => {
    for (const expected of [undefined, info(content.length)]) {
      const { found } = await read({ a: content }, server, expected && { expected });
      expect(found.equals(content)).toBe(true);
      const ranges = [
        [0, 1],
        [32_767, 32_769],
        [999_999, 1_000_001],
        [500_000, 2_000_000],
        [1_000_000, 2_000_000],
      ] as const;
      for (const [start, end] of ranges) {
        const part = await read({ a: content }, server, { start, end, ...(expected && { expected }) });
        expect(part.found.equals(content.subarray(start, end)), `${start}..${end}`).toBe(true);
      }
    }
  });

  it('needs no more than to open, read and look at a small file, and asks for no end of it', async () => {
    const { requests } = await read({ a: content.slice(0, 1000) }, {}, { expected: info(1000) });
    await expect.poll(() => requests).toEqual([PACKET.open, PACKET.read, PACKET.fstat, PACKET.close]);
  });

  it('asks a server that gives little at a time for no more than that', async () => {
    const { requests } = await read(
      { a: content },
      { maxReadBytes: 40_000, extensions: { 'limits@openssh.com': '1' } },
      { expected: info(content.length) },
    );
    expect(requests.filter((type) => type === PACKET.read).length).toBeLessThan(40);
  });

  it('throws changed for a file that is longer, shorter, newer, or becomes so meanwhile', async () => {
    const changed = { code: 'changed', retryable: true };
    await expect(read({ a: content }, {}, { expected: info(999_999) })).rejects.toMatchObject(changed);
    await expect(read({ a: content }, {}, { expected: info(1_000_001) })).rejects.toMatchObject(changed);
    await expect(read({ a: content }, {}, { expected: info(1_000_000, 1) })).rejects.toMatchObject(changed);
    await expect(read({ a: content }, {}, { expected: info(1_000_000, 1_500_000_000_999) })).resolves.toBeDefined();
    const cutAt = (count: number) => ({
      onRequest: (type: number, server: MemoryServer) => {
        if (type === PACKET.read && --count === 0) server.files.set('a', content.slice(0, 500_000));
      },
    });
    await expect(read({ a: content }, cutAt(10))).rejects.toMatchObject(changed);
    await expect(read({ a: content }, cutAt(10), { expected: info(1_000_000) })).rejects.toMatchObject(changed);
  });

  it('throws changed for a large file that is written to after its first bytes were read', async () => {
    const large = new Uint8Array(6_000_000);
    let looks = 0;
    const server: MemoryServerOptions = {
      onRequest: (type, memory) => {
        if (type === PACKET.fstat && ++looks === 2) memory.mtimeSeconds++;
      },
    };
    const reading = read({ a: large }, server, { expected: info(large.length) });
    await expect(reading).rejects.toMatchObject({ code: 'changed' });
  });

  it('spreads a large file over a connection that comes later, and does without it when it is lost', async () => {
    const large = bytesOf(24_000_000);
    for (const lost of [false, true]) {
      const first = new MemoryServer({ a: large });
      const second = new MemoryServer(
        { a: large },
        {
          onRequest: (_, server) => {
            if (lost && server.requests.length === 12) void server.end();
          },
        },
      );
      const reader = new SftpReader(await connections(first, second));
      const chunks: Uint8Array[] = [];
      for await (const chunk of reader.read('a', 'sftp://a', { expected: info(large.length) })) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(large)).toBe(true);
      expect(second.requests.length).toBeGreaterThan(10);
    }
  });

  it('uses no other file that has the name by now on another connection', async () => {
    const large = bytesOf(24_000_000);
    const [first, second] = [new MemoryServer({ a: large }), new MemoryServer({ a: bytesOf(24_000_000, 2) })];
    second.mtimeSeconds++;
    const chunks: Uint8Array[] = [];
    const reader = new SftpReader(await connections(first, second));
    for await (const chunk of reader.read('a', 'sftp://a', { expected: info(large.length) })) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(large)).toBe(true);
    await expect.poll(() => second.requests).toEqual([PACKET.open, PACKET.fstat, PACKET.close]);
  });

  it('holds no memory for reads that were left', async () => {
    const reader = new SftpReader(await connections(new MemoryServer({ a: content })));
    for (let i = 0; i < 100; i++) {
      for await (const chunk of reader.read('a', 'sftp://a', {})) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(reader.budget.heldBytes).toBe(0);
  });
});

describe('renameOver()', () => {
  it('replaces a file also where the server renames to free names only', async () => {
    const server = new MemoryServer({ from: bytesOf(2), to: bytesOf(1) });
    await renameOver(await connect(server), 'from', 'to');
    expect([...server.files]).toEqual([['to', bytesOf(2)]]);
  });

  it('keeps the old file if there is nothing to put in its place', async () => {
    const server = new MemoryServer({ to: bytesOf(1) });
    await expect(renameOver(await connect(server), 'from', 'to')).rejects.toMatchObject({ status: 2 });
    expect([...server.files.keys()]).toEqual(['to']);
  });
});
