import { describe, expect, it } from 'vitest';
import { bytesOf } from '../testing/conformance.ts';
import type { SftpConnections } from './connections.ts';
import { PACKET } from './protocol.ts';
import { SftpChannel } from './sftp-channel.ts';
import { SftpStagedFile } from './sftp-staged-file.ts';
import { MemoryServer, type MemoryServerOptions } from './testing/memory-server.ts';

async function stage(options: MemoryServerOptions = {}, files = {}): Promise<[SftpStagedFile, MemoryServer]> {
  const server = new MemoryServer(files, options);
  const channel = await SftpChannel.open(server, (how, ours) => new Error(ours ?? how));
  const connections = { lightest: async () => channel } as unknown as SftpConnections;
  const place = { path: 'a', partial: 'a.part', target: 'a', uri: 'sftp://a' };
  return [await SftpStagedFile.create(place, connections, false), server];
}

describe('SftpStagedFile', () => {
  it('write() runs ahead, and seal() waits until all has come back the same', async () => {
    const [staged, server] = await stage({ maxReadBytes: 7000 });
    const content = bytesOf(1_000_000);
    for (let at = 0; at < content.length; at += 123_456) await staged.write(content.slice(at, at + 123_456));
    expect(await staged.seal({})).toBe(content.length);
    expect(Buffer.compare(server.files.get('a.part') ?? bytesOf(0), content)).toBe(0);
    const count = (wanted: number) => server.requests.filter((type) => type === wanted).length;
    expect(count(PACKET.read)).toBeGreaterThan(content.length / 7000);
    await staged.publish();
    expect([...server.files.keys()]).toEqual(['a']);
  });

  it('write() takes the chunk as it is at that moment', async () => {
    const [staged, server] = await stage();
    const chunk = new Uint8Array(1000).fill(1);
    await staged.write(chunk);
    chunk.fill(2);
    await staged.seal({});
    expect(server.files.get('a.part')).toEqual(new Uint8Array(1000).fill(1));
  });

  it('seal() throws for what reads back different, and so does all after it', async () => {
    const [staged, server] = await stage({ corrupts: true });
    await staged.write(bytesOf(10));
    const different = { code: 'unwritable', message: expect.stringMatching(/"sftp:\/\/a" reads back different/) };
    await expect(staged.seal({})).rejects.toMatchObject(different);
    await expect(staged.publish()).rejects.toMatchObject(different);
    await staged.discard();
    expect(server.files.size).toBe(0);
  });

  it('write() throws what went wrong before', async () => {
    const [staged] = await stage({ onRequest: (type, server) => void (type === PACKET.write && server.files.clear()) });
    const writing = (async () => {
      for (let i = 0; i < 1000; i++) await staged.write(bytesOf(100_000));
    })();
    await expect(writing).rejects.toMatchObject({ code: 'unwritable' });
  });

  it('takes the place of what an interrupted copy left', async () => {
    const [staged, server] = await stage({}, { 'a.part': bytesOf(100) });
    await staged.write(bytesOf(3));
    expect(await staged.seal({})).toBe(3);
    expect(server.files.get('a.part')).toEqual(bytesOf(3));
  });
});
