import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { type FakeSsh, fakeSsh, sftpServer } from '../../../test/support/fake-ssh.ts';
import { itNeeds } from '../../../test/support/require.ts';
import { sshd, startSshd } from '../../../test/support/sshd.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { AccessOptions } from '../access.ts';
import type { SftpLocation } from '../location.ts';
import { SftpSource } from './sftp-source.ts';

const test = itNeeds(...sshd());
const testPassword = itNeeds(sftpServer());

type Asked = [question: string, hidden: boolean];

/** Someone at a terminal who gives these answers, one after the other. */
function person(...answers: (string | undefined)[]): { ask: NonNullable<AccessOptions['ask']>; asked: Asked[] } {
  const asked: Asked[] = [];
  const ask = async (question: string, hidden: boolean) => {
    asked.push([question, hidden]);
    return answers[asked.length - 1];
  };
  return { ask, asked };
}

async function open(location: SftpLocation, options: AccessOptions): Promise<SftpSource> {
  const source = await SftpSource.open(location, options);
  onTestFinished(() => source.close());
  return source;
}

describe('a key with a passphrase', () => {
  test('is opened by asking once, also for a connection that has to be made again', async () => {
    const server = await startSshd({ passphrase: 'sesam öffne "dich"' });
    const { ask, asked } = person('sesam öffne "dich"');
    const source = await open(server.location('/'), { env: server.env, ask });
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
    expect(asked).toEqual([[expect.stringMatching(/^Enter passphrase for key '.*id': $/), true]]);
    server.cut();
    await expect
      .poll(() =>
        source.stat('').then(
          () => 'there',
          () => 'gone',
        ),
      )
      .toBe('there');
    expect(asked.length).toBe(1);
  });

  test('is asked for again after a wrong answer, and a refused login is told in the end', async () => {
    const server = await startSshd({ passphrase: 'right' });
    const { ask, asked } = person('wrong', 'right');
    expect(await (await open(server.location('/'), { env: server.env, ask })).stat('')).toBeDefined();
    expect(asked.length).toBe(2);
    const never = person('wrong', 'wrong', 'wrong', 'wrong', 'wrong');
    const refused = await open(server.location('/'), { env: server.env, ask: never.ask });
    await expect(refused.stat('')).rejects.toThrow(/the server refused the login/);
  });

  test('is no way in where nobody can be asked', async () => {
    const server = await startSshd({ passphrase: 'right' });
    const source = await open(server.location('/'), { env: server.env });
    await expect(source.stat('')).rejects.toThrow(/the server refused the login/);
  });

  test('ends in an error when there is no answer', async () => {
    const server = await startSshd({ passphrase: 'right' });
    const source = await open(server.location('/'), { env: server.env, ask: person(undefined).ask });
    await expect(source.stat('')).rejects.toMatchObject({
      code: 'unreachable',
      retryable: false,
      message: expect.stringMatching(/: there was no answer to "Enter passphrase for key .*"\.$/),
    });
  });

  test('leaves nothing behind of what asked for it', async () => {
    const server = await startSshd({ passphrase: 'right' });
    const env = { ...server.env, TMPDIR: await tempDirectory() };
    const source = await open(server.location('/'), { env, ask: person('right').ask });
    await source.stat('');
    expect(await readdir(env.TMPDIR)).toEqual([]);
  });
});

describe('a host key that is not known', () => {
  test('is shown to the person, who lets it in', async () => {
    const server = await startSshd({ knownHost: 'none' });
    const { ask, asked } = person('yes');
    const source = await open(server.location('/'), { env: server.env, ask });
    expect(await source.stat('')).toBeDefined();
    expect(asked).toEqual([[expect.stringMatching(/SHA256:\S+[\s\S]*\(yes\/no/), false]]);
    expect(await readFile(join(server.directory, 'known_hosts'), 'utf8')).toContain('ssh-ed25519');
  });

  test('is not let in against the will of the person', async () => {
    const server = await startSshd({ knownHost: 'none' });
    const source = await open(server.location('/'), { env: server.env, ask: person('no').ask });
    await expect(source.stat('')).rejects.toThrow(/the host key of "store" is not known yet/);
    expect(await readFile(join(server.directory, 'known_hosts'), 'utf8')).toBe('');
  });

  test('is asked for no more than a few times', async () => {
    const server = await startSshd({ knownHost: 'none' });
    const { ask, asked } = person(...Array<string>(20).fill('perhaps'));
    const source = await open(server.location('/'), { env: server.env, ask });
    await expect(source.stat('')).rejects.toThrow(/: its host key was not confirmed\.$/);
    expect(asked.length).toBe(3);
  });

  test('is not let in by a password in the URL', async () => {
    const server = await startSshd({ knownHost: 'none' });
    const source = await open({ ...server.location('/'), password: 'yes' }, { env: server.env });
    await expect(source.stat('')).rejects.toThrow(/the host key of "store" is not known yet/);
  });
});

describe('a password', () => {
  /** Asks as ssh does, notes what others could see of it, and leads to a server of this machine. */
  async function passwordSsh(password: string): Promise<{ env: FakeSsh['env']; seen: string }> {
    const { directory, env } = await fakeSsh(`seen="$directory/seen"
{ env; echo "$@"; ps -ewwo args; ls -l "$(dirname "$SSH_ASKPASS")"; cat "$(dirname "$SSH_ASKPASS")"/[ac]*; } >> "$seen"
for attempt in 1 2 3; do
  given=$("$SSH_ASKPASS" "me@store's password: ") || given=
  ps -ewwo args >> "$seen"
  [ "$given" = '${password}' ] && serve
  echo 'Permission denied, please try again.' >&2
done
echo 'me@store: Permission denied (publickey,password).' >&2
exit 255`);
    return { env, seen: join(directory, 'seen') };
  }

  const location: SftpLocation = {
    kind: 'sftp',
    user: 'me',
    password: undefined,
    host: 'store',
    port: undefined,
    path: '/',
  };

  testPassword('in the URL is given to ssh, and is nowhere to be seen', async () => {
    const { env, seen } = await passwordSsh('geheim "12 é');
    const source = await open({ ...location, password: 'geheim "12 é' }, { env });
    expect(await source.stat('')).toMatchObject({ kind: 'directory' });
    expect(source.uri).toBe('sftp://me@store/');
    const found = await readFile(seen, 'utf8');
    expect(found).toContain('SSH_ASKPASS=');
    expect(found).not.toContain('geheim');
  });

  testPassword('in the URL that is refused is not tried again, and not shown', async () => {
    const { env } = await passwordSsh('right');
    const { ask, asked } = person('right');
    const source = await open({ ...location, password: 'geheim' }, { env, ask });
    const error = await source.stat('').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'unreachable',
      retryable: false,
      message: 'Cannot reach "sftp://me@store/": the server refused the password that the URL holds.',
    });
    expect(`${error} ${(error as Error).cause}`).not.toContain('geheim');
    expect(asked).toEqual([]);
  });

  testPassword('is asked for hidden', async () => {
    const { env } = await passwordSsh('right');
    const { ask, asked } = person('wrong', 'right');
    expect(await (await open(location, { env, ask })).stat('')).toBeDefined();
    expect(asked).toEqual([
      ["me@store's password: ", true],
      ["me@store's password: ", true],
    ]);
  });

  testPassword('that was refused as often as ssh asks is a refused login', async () => {
    const { env } = await passwordSsh('right');
    const source = await open(location, { env, ask: person('a', 'b', '').ask });
    await expect(source.stat('')).rejects.toThrow(
      /the server refused the login of me@store \(it takes: publickey, password\)\. Does ".*ssh -l me store" work\?/,
    );
  });
});
