import { createWriteStream, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { ReadStream } from 'node:tty';

/**
 * Asks the person at the terminal of this process, whatever standard input and output are connected with.
 *
 * @param hidden whether the answer is a secret, and is not shown.
 * @returns `undefined` if there is no terminal, or no answer.
 */
export async function askAtTerminal(question: string, hidden: boolean): Promise<string | undefined> {
  let fd: number;
  try {
    fd = openSync('/dev/tty', 'r+');
  } catch {
    return undefined;
  }
  const output = createWriteStream('/dev/tty');
  const input = new ReadStream(fd);
  // The line editor echoes what is typed: into nothing, if it is a secret.
  const echo = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output;
  output.write(question);
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
  let answer: string | undefined;
  try {
    answer = await new Promise((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
      lines.once('SIGINT', () => {
        lines.close();
        process.kill(process.pid, 'SIGINT');
      });
    });
    return answer;
  } finally {
    lines.close();
    if (hidden || answer === undefined) output.write('\n');
    input.destroy();
    // What is written next must not come before the end of the line.
    await new Promise<void>((resolve) => output.end(resolve));
  }
}
