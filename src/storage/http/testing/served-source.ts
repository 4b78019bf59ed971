import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { FileInfo } from '../../contract.ts';
import { bytesOf } from '../../testing/conformance.ts';
import { HttpSource } from '../http-source.ts';
import { type ScriptedServer, type ServedFile, scriptedServer, serveFile } from './scripted-server.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const content: Uint8Array = bytesOf(100_000);
export const modified = 'Fri, 13 Feb 2009 23:31:30 GMT';
export const file: ServedFile = { content, etag: '"one"', modified };

/** Opens a source that ends with the test. */
export async function openSource(url: string, env: Record<string, string> = {}): Promise<HttpSource> {
  const source = await HttpSource.open({ kind: 'http', url: new URL(url) }, { env: { NETRC: '/nonexistent', ...env } });
  onTestFinished(() => source.close());
  return source;
}

/** A server that answers so, and a source at its root. */
export async function served(answer: Answer): Promise<{ server: ScriptedServer; source: HttpSource }> {
  const server = await scriptedServer(answer);
  return { server, source: await openSource(server.url) };
}

/** Answers HEAD as a good server does, and GET by `answer`. */
export function onGet(answer: Answer): Answer {
  return (request, response) =>
    request.method === 'HEAD' ? serveFile(request, response, file) : answer(request, response);
}

/** What a file is, which must be there. */
export async function statted(source: HttpSource, path: string): Promise<FileInfo> {
  const info = await source.stat(path);
  if (info === undefined) throw new Error(`no ${path}`);
  return info;
}
