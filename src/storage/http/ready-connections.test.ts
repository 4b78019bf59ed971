import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ReadyConnections } from './ready-connections.ts';

async function listen(): Promise<{ url: URL; made: Socket[]; stop: () => void }> {
  const made: Socket[] = [];
  const server = createServer((socket) => made.push(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = (): void => {
    server.close();
    for (const socket of made) socket.destroy();
  };
  onTestFinished(stop);
  return { url: new URL(`http://127.0.0.1:${(server.address() as { port: number }).port}`), made, stop };
}

async function ready(): Promise<ReadyConnections> {
  const { buildConnector } = await import('undici');
  const connections = new ReadyConnections(buildConnector({ timeout: 5000 }));
  onTestFinished(() => connections.close());
  return connections;
}

function take(connections: ReadyConnections, { protocol, host, hostname, port }: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    connections.connect({ protocol, host, hostname, port }, (error, socket) => {
      if (error === null) resolve(socket);
      else reject(error);
    });
  });
}

describe('ReadyConnections', () => {
  it('hands out those that were made ahead, and then makes others', async () => {
    const { url, made } = await listen();
    const connections = await ready();
    connections.open(url, 2);
    await expect.poll(() => made.length).toBe(2);
    const taken = await Promise.all([take(connections, url), take(connections, url)]);
    expect(made).toHaveLength(2);
    taken.push(await take(connections, url));
    await expect.poll(() => made.length).toBe(3);
    expect(new Set(taken.map(({ localPort }) => localPort)).size).toBe(3);
    for (const socket of taken) socket.destroy();
  });

  it('makes as many as are lacking', async () => {
    const { url, made } = await listen();
    const connections = await ready();
    connections.open(url, 3);
    await expect.poll(() => made.length).toBe(3);
    const taken = await take(connections, url);
    connections.open(url, 3);
    await expect.poll(() => made.length).toBe(4);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made).toHaveLength(4);
    taken.destroy();
  });

  it('passes over one that the server has ended', async () => {
    const { url, made } = await listen();
    const connections = await ready();
    connections.open(url, 1);
    await expect.poll(() => made.length).toBe(1);
    const [first] = made;
    const ended = once(first as Socket, 'close');
    first?.resetAndDestroy();
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 50));
    const taken = await take(connections, url);
    await expect.poll(() => made.length).toBe(2);
    taken.destroy();
  });

  it('says to the request what went wrong, and to nobody else', async () => {
    const { url, stop } = await listen();
    stop();
    const connections = await ready();
    connections.open(url, 2);
    await expect(take(connections, url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('leaves none open when it is closed', async () => {
    const { url, made } = await listen();
    const connections = await ready();
    connections.open(url, 2);
    await expect.poll(() => made.length).toBe(2);
    const ends = made.map((socket) => once(socket.resume(), 'close'));
    connections.close();
    await Promise.all(ends);
  });
});
