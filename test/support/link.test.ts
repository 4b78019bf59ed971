import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { type Link, type LinkOptions, startLink } from './link.ts';
import { startLinkProcess } from './link-process.ts';

/** A server whose every connection `serve` gets, behind a link. */
async function linkTo(
  serve: (socket: Socket) => void,
  options: Omit<LinkOptions, 'port'> = {},
  start = startLink,
): Promise<Link> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const link = await start({ ...options, port: (server.address() as { port: number }).port });
  onTestFinished(async () => {
    await link.stop();
    server.close();
  });
  return link;
}

async function to(link: Link): Promise<Socket> {
  const socket = connect({ port: link.port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  // Who cares for errors listens, too.
  socket.on('error', () => {});
  return socket;
}

const echo = (socket: Socket): void => void socket.pipe(socket);

async function received(socket: Socket): Promise<{ bytes: number; error: string | undefined }> {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const error = await new Promise<string | undefined>((resolve) => {
    socket.on('error', (thrown: NodeJS.ErrnoException) => resolve(thrown.code));
    socket.on('end', () => resolve(undefined));
  });
  return { bytes, error };
}

it('startLink() passes every byte in order, and the half-close', async () => {
  const link = await linkTo(echo, { roundTripMs: 10 });
  const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) >> 8));
  const socket = await to(link);
  socket.end(sent);
  const found: Buffer[] = [];
  for await (const chunk of socket) found.push(chunk as Buffer);
  expect(Buffer.compare(Buffer.concat(found), sent)).toBe(0);
  expect(link).toMatchObject({ connections: 1, bytesUp: sent.length, bytesDown: sent.length });
});

it('startLink() takes a round trip to connect and one to answer, however many questions are on the way', async () => {
  const link = await linkTo(echo, { roundTripMs: 100 });
  const socket = await to(link);
  const startMs = performance.now();
  for (let i = 0; i < 20; i++) {
    socket.write('question');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  socket.end();
  expect((await text(socket)).length).toBe(160);
  const passedMs = performance.now() - startMs;
  expect(passedMs).toBeGreaterThan(195);
  // One after the other they would take 20 round trips.
  expect(passedMs).toBeLessThan(2000);
});

it('startLink() shares its rate between connections', async () => {
  const content = Buffer.alloc(200_000);
  const link = await linkTo((socket) => socket.end(content), { bytesPerSecond: 1_000_000 });
  const startMs = performance.now();
  const doneMs = await Promise.all(
    [1, 2].map(async () => {
      expect((await received(await to(link))).bytes).toBe(content.length);
      return performance.now() - startMs;
    }),
  );
  expect(Math.max(...doneMs)).toBeGreaterThan(350);
  // Taking turns, both are done at the end, and not one of them in the middle.
  expect(Math.min(...doneMs)).toBeGreaterThan(300);
});

it('startLink() stops reading from a server whose client does not read', async () => {
  let written = 0;
  const link = await linkTo(
    (socket) => {
      const write = (): void => {
        while (written < 200_000_000 && socket.write(Buffer.alloc(1 << 20), () => (written += 1 << 20)));
        if (written < 200_000_000) socket.once('drain', write);
      };
      write();
    },
    { roundTripMs: 2 },
  );
  const socket = await to(link);
  socket.pause();
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(written).toBeGreaterThan(8 << 20);
  expect(written).toBeLessThan(60 << 20);
});

it('startLink() cuts each connection after so many bytes', async () => {
  const link = await linkTo((socket) => socket.end(Buffer.alloc(500_000)), { cutAfterBytes: 123_456 });
  for (const _ of [1, 2]) {
    expect(await received(await to(link))).toEqual({ bytes: 123_456, error: 'ECONNRESET' });
  }
  expect(link).toMatchObject({ connections: 2, bytesDown: 246_912 });
});

it('startLink() cut() resets what is connected, and no later connection', async () => {
  const link = await linkTo(echo, { roundTripMs: 4 });
  const socket = await to(link);
  socket.write('a');
  await once(socket, 'data');
  const ended = received(socket);
  link.cut();
  expect((await ended).error).toBe('ECONNRESET');
  const again = await to(link);
  again.end('b');
  expect(await text(again)).toBe('b');
});

it('startLink() takes in what is on its way as long as nothing has arrived', async () => {
  let written = 0;
  const whole = 14 << 20;
  const link = await linkTo(
    (socket) => {
      for (let i = 0; i < 14; i++) socket.write(Buffer.alloc(1 << 20), () => (written += 1 << 20));
    },
    { roundTripMs: 1000 },
  );
  const socket = await to(link);
  const writtenAtFirst = await new Promise((resolve) => socket.once('data', () => resolve(written)));
  expect(writtenAtFirst).toBe(whole);
});

it('startLink() stop() ends also where the end of a connection waits for bytes that nobody takes', async () => {
  const link = await linkTo((socket) => void socket.pause());
  const socket = await to(link);
  socket.end(Buffer.alloc(12 << 20));
  await once(socket, 'finish');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await link.stop();
  expect(link.connections).toBe(1);
});

it('startLink() refuse() lets nobody in until it is turned off', async () => {
  const link = await linkTo(echo);
  const socket = await to(link);
  link.refuse(true);
  await expect(to(link)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  socket.end('still there');
  expect(await text(socket)).toBe('still there');
  link.refuse(false);
  const again = await to(link);
  again.end('b');
  expect(await text(again)).toBe('b');
});

it('startLink() stall() holds every byte until it is turned off', async () => {
  const link = await linkTo(echo);
  const socket = await to(link);
  link.stall(true);
  socket.end('held');
  const answer = text(socket);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(link.bytesUp).toBe(0);
  link.stall(false);
  expect(await answer).toBe('held');
});

it('startLink() passes on that a server resets, after what it sent', async () => {
  const link = await linkTo((socket) => socket.write('some', () => setTimeout(() => socket.resetAndDestroy(), 20)), {
    roundTripMs: 20,
  });
  expect(await received(await to(link))).toEqual({ bytes: 4, error: 'ECONNRESET' });
});

it('startLink() resets the client where no server listens', async () => {
  const link = await startLink({ port: 1 });
  onTestFinished(() => link.stop());
  expect(await received(await to(link))).toEqual({ bytes: 0, error: 'ECONNRESET' });
});

it('startLinkProcess() is the same link in a process of its own', async () => {
  const link = await linkTo(echo, { roundTripMs: 6 }, startLinkProcess);
  const socket = await to(link);
  socket.end(Buffer.alloc(100_000));
  expect((await received(socket)).bytes).toBe(100_000);
  await expect.poll(() => link.bytesDown).toBe(100_000);
  const cut = await to(link);
  cut.write('a');
  await once(cut, 'data');
  const ended = received(cut);
  link.cut();
  expect((await ended).error).toBe('ECONNRESET');
  await link.stop();
  await expect(to(link)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
