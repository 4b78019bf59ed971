import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Answers questions that ssh asks. */
export interface Askpass {
  /** What ssh needs in its environment to come to us. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes all that was made. Never throws. */
  close(): Promise<void>;
}

/**
 * Lets ssh ask us instead of a terminal: it runs a small program of ours, which passes the question on to this process
 * through a socket in a directory that nobody else can enter. So no answer is ever in the arguments or the environment
 * of a process, or in a file.
 *
 * @param answer `undefined` declines.
 */
export async function openAskpass(
  env: Readonly<Record<string, string | undefined>>,
  answer: (question: string) => Promise<string | undefined>,
): Promise<Askpass> {
  const directory = await mkdtemp(join(env['TMPDIR'] || tmpdir(), 'iact-ask-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true }).catch(() => undefined);
  try {
    const socket = join(directory, 'socket');
    const open = new Set<Socket>();
    const server = await listen(socket, (connection) => {
      open.add(connection);
      // The other side may have been ended at any time; its ssh tells why.
      connection.on('error', () => undefined).on('close', () => open.delete(connection));
      serve(connection, answer).catch(() => connection.destroy());
    });
    const close = async (): Promise<void> => {
      server.close();
      for (const connection of open) connection.destroy();
      await remove();
    };
    const program = join(directory, 'askpass');
    const client = join(directory, 'client.cjs');
    await writeFile(client, clientProgram(socket), { mode: 0o600 });
    await writeFile(program, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(client)} "$@"\n`, { mode: 0o700 });
    // Before OpenSSH 8.4 it is DISPLAY that makes ssh use the program.
    const display = env['DISPLAY'] || ':0';
    return { env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: display }, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Runs in a process of its own: sends the question, prints the answer; status 1 if there is none. */
function clientProgram(socket: string): string {
  return `'use strict';
// ssh only announces something: it wants no answer.
if (process.env.SSH_ASKPASS_PROMPT === 'none') process.exit(0);
let answer = '';
const connection = require('node:net').connect(${JSON.stringify(socket)});
connection.setEncoding('utf8');
connection.on('connect', () => connection.write(JSON.stringify(process.argv[2] || '') + '\\n'));
connection.on('data', (text) => { answer += text; });
connection.on('error', () => process.exit(1));
connection.on('end', () => {
  if (answer === '') process.exit(1);
  process.stdout.write(JSON.parse(answer) + '\\n', () => process.exit(0));
});
`;
}

function listen(path: string, onConnection: (connection: Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

async function serve(connection: Socket, answer: (question: string) => Promise<string | undefined>): Promise<void> {
  connection.setEncoding('utf8');
  let received = '';
  for await (const text of connection.iterator({ destroyOnReturn: false })) {
    received += text as string;
    if (received.includes('\n')) break;
  }
  const reply = await answer(JSON.parse(received) as string);
  connection.end(reply === undefined ? '' : JSON.stringify(reply));
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
