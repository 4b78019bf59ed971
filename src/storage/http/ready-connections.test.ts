import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectionsFor, ReadyConnections } from './ready-connections.ts';

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

  it('makes as many as are lacking: those in use are there, and those that have ended are not', async () => {
    const { url, made } = await listen();
    const connections = await ready();
    connections.open(url, 3);
    await expect.poll(() => made.length).toBe(3);
    const taken = await Promise.all(Array.from({ length: 4 }, () => take(connections, url)));
    expect(made).toHaveLength(4);
    connections.open(url, 5);
    await expect.poll(() => made.length).toBe(5);
    const [ended] = taken;
    ended?.destroy();
    await once(ended as Socket, 'close');
    connections.open(url, 6);
    await expect.poll(() => made.length).toBe(7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made).toHaveLength(7);
    for (const socket of taken) socket.destroy();
  });

  it('counts none that did not come about', async () => {
    const { url } = await listen();
    const { buildConnector } = await import('undici');
    const make = buildConnector({ timeout: 5000 });
    let fails = true;
    const connections = new ReadyConnections((options, callback) => {
      if (fails) callback(new Error('refused'), null);
      else make(options, callback);
    });
    onTestFinished(() => connections.close());
    await expect(take(connections, url)).rejects.toThrow('refused');
    fails = false;
    connections.open(url, 1);
    fails = true;
    (await take(connections, url)).destroy();
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

  it('hands out what comes first: one that is lost on its way holds nobody up', async () => {
    const { url } = await listen();
    const { buildConnector } = await import('undici');
    const make = buildConnector({ timeout: 5000 });
    const late: (() => void)[] = [];
    let begun = 0;
    const connections = new ReadyConnections((options, callback) => {
      begun += 1;
      if (begun % 2 === 1) late.push(() => make(options, callback));
      else make(options, callback);
    });
    onTestFinished(() => connections.close());
    connections.open(url, 4);
    const early = [await take(connections, url), await take(connections, url)];
    const waiting = take(connections, url);
    for (const begin of late) begin();
    const taken = [...early, await waiting, await take(connections, url)];
    expect([begun, new Set(taken.map(({ localPort }) => localPort)).size]).toEqual([4, 4]);
    for (const socket of taken) socket.destroy();
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

describe('connectionsFor()', () => {
  it.each([
    ['the most, if nothing is known', undefined, 36],
    ['none for nothing', { bytes: 0, unsizedFiles: 0 }, 0],
    ['one for a small file', { bytes: 10, unsizedFiles: 0 }, 1],
    ['one for each file of which nothing is known', { bytes: 1_000_000, unsizedFiles: 3 }, 5],
    ['no more than the most', { bytes: 1e12, unsizedFiles: 0 }, 36],
  ])('makes %s', (_, expected, count) => {
    expect(connectionsFor(expected, 36)).toBe(count);
  });
});
