import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort, type TestSshd } from '../../../../test/support/sshd.ts';
import { tempDirectory } from '../../../../test/support/temp.ts';
import { IactError } from '../../../core/index.ts';
import type { AccessOptions } from '../../access.ts';
import type { SftpLocation } from '../../location.ts';
import { SftpSource } from '../sftp-source.ts';

/** Opens a directory of a server; closed with the test. */
export async function openSource(
  server: Pick<TestSshd, 'location' | 'env'>,
  path: string,
  options: Partial<AccessOptions> = {},
  location: Partial<SftpLocation> = {},
): Promise<SftpSource> {
  const source = await SftpSource.open({ ...server.location(path), ...location }, { env: server.env, ...options });
  onTestFinished(() => source.close());
  return source;
}

/** The error of a call that must have one of ours. */
export async function errorOf(call: Promise<unknown>): Promise<IactError> {
  const error = await call.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof IactError)) throw error;
  return error;
}

/** Something that listens, and answers what it is told to. */
export async function listener(answer: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (answer !== '') socket.end(answer);
    onTestFinished(() => void socket.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return port;
}

/** A program that says something, and does not end by itself soon. */
export async function chattyLogin(): Promise<string> {
  const program = join(await tempDirectory(), 'login');
  await writeFile(program, '#!/bin/sh\necho Welcome to the cluster\nexec sleep 60\n', { mode: 0o755 });
  return program;
}
