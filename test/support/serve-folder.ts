import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { scriptedServer, serveFile } from '../../src/storage/http/testing/scripted-server.ts';

/**
 * A plain web server for the files of a folder, ended with the test.
 *
 * @param answer may answer a request in its own way; it does if it returns true.
 * @returns the URL of the folder, with `/` at its end.
 */
export async function serveFolder(
  directory: string,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<string> {
  const { url } = await scriptedServer((request, response) => {
    if (answer(request, response)) return;
    readFile(join(directory, new URL(request.url ?? '', 'http://x').pathname)).then(
      (content) => serveFile(request, response, { content, etag: `"${content.length}"` }),
      () => response.writeHead(404).end(),
    );
  });
  return url;
}
