import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface ScriptedServer {
  /** Of the root, with `/` at its end. */
  readonly url: string;
  readonly port: number;
  /** What was asked, in order. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that were made. */
  readonly connections: number;
}

/** A web server that does what a test says; ended with the test. */
export async function scriptedServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ScriptedServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    requests,
    get connections() {
      return connections;
    },
  };
}

export interface ServedFile {
  readonly content: Uint8Array;
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
  /** Whether a range is answered with it. */
  readonly ranges?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers as a plain web server does. */
export function serveFile(request: IncomingMessage, response: ServerResponse, file: ServedFile): void {
  const { content, etag, modified, ranges = true, headers = {} } = file;
  const common = {
    ...(etag === undefined ? {} : { etag }),
    ...(modified === undefined ? {} : { 'last-modified': modified }),
    ...(ranges ? { 'accept-ranges': 'bytes' } : {}),
    'content-type': 'application/octet-stream',
    ...headers,
  };
  const [, first, last] = (ranges && /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')) || [];
  const start = Number(first ?? 0);
  const end = last ? Math.min(Number(last) + 1, content.length) : content.length;
  if (first !== undefined && start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    return;
  }
  const range = first === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${content.length}` };
  response.writeHead(first === undefined ? 200 : 206, { ...common, ...range, 'content-length': end - start });
  response.end(request.method === 'HEAD' ? undefined : content.subarray(start, end));
}
