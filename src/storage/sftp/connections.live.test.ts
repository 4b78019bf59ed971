import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { fakeSsh, SFTP_SERVER, sftpServer } from '../../../test/support/fake-ssh.ts';
import { itNeeds } from '../../../test/support/require.ts';
import type { AccessOptions } from '../access.ts';
import { contentOf } from '../testing/conformance.ts';
import { SftpSource } from './sftp-source.ts';

const test = itNeeds(sftpServer());

/** The server as it is seen over a round trip of 20 ms. */
const FAR_AWAY = `exec "${process.execPath}" -e '
  const server = require("child_process").spawn("${SFTP_SERVER}", { stdio: ["pipe", "inherit", "inherit"] });
  process.stdin.on("data", (bytes) => setTimeout(() => server.stdin.write(bytes), 20));
  process.stdin.on("end", () => setTimeout(() => server.stdin.end(), 20));
'`;

interface ScriptedLogins {
  readonly source: SftpSource;
  /** How many have begun so far. */
  begun(): Promise<number>;
  /** What the logins have left word of, each by its number. */
  words(): Promise<string[]>;
}

/**
 * Logins that go as a script of the shell has it, and then lead to this machine. In it, `$n` is the number of the login from
 * 1 on, in the order in which they begin, `say` leaves word in `$word`, and `wait_for` waits until a number of logins has
 * begun.
 */
async function scripted(
  script: string,
  options: Partial<AccessOptions> & { readonly isPrepared?: boolean } = {},
): Promise<ScriptedLogins> {
  const { directory, env } = await fakeSsh(`n=1
while ! mkdir "$directory/login-$n" 2>/dev/null; do n=$((n + 1)); done
word="$directory/login-$n/word"
say() { echo "$1" >> "$word"; }
wait_for() { while ! [ -d "$directory/login-$1" ]; do sleep 0.02; done; }
${script}
serve`);
  const place = { kind: 'sftp', user: undefined, password: undefined, host: 'store', port: undefined } as const;
  const { isPrepared = true, ...own } = options;
  const source = await SftpSource.open({ ...place, path: directory }, { env, ...own });
  if (isPrepared) source.prepare();
  onTestFinished(() => source.close());
  const logins = async () => (await readdir(directory)).filter((name) => name.startsWith('login-')).sort();
  return {
    source,
    begun: async () => (await logins()).length,
    words: async () => {
      const read = (name: string) => readFile(join(directory, name, 'word'), 'utf8').catch(() => '');
      return (await Promise.all((await logins()).map(read))).map((word) => word.trim());
    },
  };
}

describe('the first login, where much is going to be read', () => {
  test('is accompanied by others if it takes long', async () => {
    const { source, begun } = await scripted('wait_for 3');
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
    expect(await begun()).toBe(3);
  });

  test('is alone where nothing tells that much will be read', async () => {
    const { source, begun } = await scripted('sleep 0.6', { isPrepared: false });
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
    expect(await begun()).toBe(1);
  });

  test('is asked for its password alone: the others wait, and are given the same', async () => {
    const asked: string[] = [];
    const ask = async (question: string): Promise<string> => {
      asked.push(question);
      await expect.poll(begun, { timeout: 10_000 }).toBe(3);
      // Time for the others to ask.
      await sleep(1000);
      return 'geheim';
    };
    const script = 'given=$("$SSH_ASKPASS" "password: ") || exit 255; say "$given"';
    const { source, begun, words } = await scripted(script, { ask });
    expect(await source.stat('')).toBeDefined();
    await expect.poll(words, { timeout: 10_000 }).toEqual(['geheim', 'geheim', 'geheim']);
    expect(asked).toEqual(['password: ']);
  });

  test('may fail for a reason that passes, if another one succeeds', async () => {
    const { source } = await scripted(
      'if [ $n = 1 ]; then wait_for 3; echo "Connection closed by 127.0.0.1 port 22" >&2; exit 255; fi',
    );
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
  });

  test('may be the only one that succeeds', async () => {
    const { source } = await scripted(
      'if [ $n != 1 ]; then echo "Connection closed by 127.0.0.1 port 22" >&2; exit 255; fi; wait_for 3; sleep 0.2',
    );
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
    expect((await contentOf(source, 'ssh')).length).toBeGreaterThan(0);
  });

  test('ends the others where it is refused, and tells why', async () => {
    const { source, words } = await scripted(
      `if [ $n = 1 ]; then wait_for 3; sleep 0.2; echo "me@store: Permission denied (publickey)." >&2; exit 255; fi
trap 'say ended; exit 255' TERM
while :; do sleep 0.05; done`,
    );
    await expect(source.stat('')).rejects.toMatchObject({ code: 'unreachable', retryable: false });
    await expect.poll(words, { timeout: 10_000 }).toEqual(['', 'ended', 'ended']);
  });

  test('is followed by no more where the server refuses those beside it', async () => {
    const refused = 'echo "me@store: Permission denied (keyboard-interactive)." >&2; exit 255';
    const { source, begun } = await scripted(`if [ $n != 1 ]; then ${refused}; fi; wait_for 3; sleep 0.5; ${FAR_AWAY}`);
    await source.stat('');
    source.prepare();
    source.prepare({ bytes: 1e9, unsizedFiles: 0 });
    await source.stat('');
    expect(await begun()).toBe(3);
  });

  test('fails with the others where no server is there, and is made again alone', async () => {
    const fail = 'echo "Connection closed by 127.0.0.1 port 22" >&2; exit 255';
    const { source, begun } = await scripted(`case $n in 1) wait_for 3; ${fail};; 2|3) ${fail};; esac; sleep 0.4`);
    await expect(source.stat('')).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
    expect(await begun()).toBe(4);
  });
});

describe('files that are opened together', () => {
  test('are spread over the connections', async () => {
    const { source, words } = await scripted(`wait_for 3; serve -e -l INFO 2>>"$word"`);
    const opened = async () => (await words()).map((word) => word.match(/ flags READ /g)?.length ?? 0);
    await expect
      .poll(
        async () => {
          const before = await opened();
          await Promise.all(Array.from({ length: 30 }, () => contentOf(source, 'ssh')));
          return (await opened()).map((count, position) => count - (before[position] ?? 0));
        },
        { timeout: 20_000 },
      )
      .toEqual([10, 10, 10]);
  });
});
