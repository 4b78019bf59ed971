import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { itNeeds } from '../../../test/support/require.ts';
import { freePort, type SshdOptions, sshd, startSshd } from '../../../test/support/sshd.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import type { IactError } from '../../core/index.ts';
import type { AccessOptions } from '../access.ts';
import type { SftpLocation } from '../location.ts';
import { contentOf } from '../testing/conformance.ts';
import { SftpDestination } from './sftp-destination.ts';
import { chattyLogin, errorOf, listener, openSource } from './testing/attempts.ts';

const test = itNeeds(...sshd());

/** The error of the first use. */
async function firstError(
  options: SshdOptions,
  access: Partial<AccessOptions> = {},
  location: Partial<SftpLocation> = {},
): Promise<IactError> {
  return errorOf((await openSource(await startSshd(options), '/tmp', access, location)).stat(''));
}

describe('SftpSource tells', () => {
  test('a host key that is not known, and how to make it known', async () => {
    const error = await firstError({ knownHost: 'none' });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toMatch(
      /^Cannot reach "sftp:\/\/store\/tmp": the host key of "store" is not known yet\. Connect once with "ssh -F \S+ store", compare the fingerprint .*\.$/,
    );
  });

  test('a host key that is another now, and where the known one stands', async () => {
    const error = await firstError({ knownHost: 'another' });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toMatch(/is not the one that is known\. Somebody may be listening in/);
    expect(error.message).toMatch(/It now shows SHA256:\S+\. The known key is in \S+known_hosts:1\./);
    expect(error.message).toMatch(/ssh-keygen -f "\S+known_hosts" -R "\[127\.0\.0\.1\]:\d+"\.$/);
  });

  test('a refused login, and what the server takes', async () => {
    const error = await firstError({ refuses: true });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toMatch(
      /the server refused the login of \S+@127\.0\.0\.1 \(it takes: publickey\)\. Does "ssh -F \S+ store" work\?$/,
    );
  });

  test('a host that has no address', async () => {
    const error = await firstError({}, {}, { host: 'no-such-host.invalid' });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toBe(
      'Cannot reach "sftp://no-such-host.invalid/tmp": no host of the name "no-such-host.invalid" is known. Is it spelled right?',
    );
  });

  test('a port that nothing listens at', async () => {
    const port = await freePort();
    const error = await firstError({}, {}, { host: '127.0.0.1', port });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toBe(
      `Cannot reach "sftp://127.0.0.1:${port}/tmp": nothing accepts connections at port ${port} of "127.0.0.1". Is the port right?`,
    );
  });

  test('a server that does not answer', async () => {
    const server = await startSshd();
    const env = { ...server.env, IACT_SSH: `${server.env['IACT_SSH']} -oConnectTimeout=1` };
    const error = await errorOf(
      (await openSource(server, '/', { env }, { host: '127.0.0.1', port: await listener('') })).stat(''),
    );
    expect(error).toMatchObject({ code: 'unreachable', retryable: true });
    expect(error.message).toMatch(/: it did not answer in time\.$/);
  });

  test('a server that is none of ssh', async () => {
    const error = await firstError({}, {}, { host: '127.0.0.1', port: await listener('HTTP/1.0 400 Bad\r\n\r\n') });
    expect(error.code).toBe('unreachable');
    expect(error.message).toMatch(/connection was closed from the other side \(.*(banner|identification).*\)\.$/);
  });

  test('an ssh that is not installed', async () => {
    const server = await startSshd();
    const error = await errorOf((await openSource(server, '/', { env: { IACT_SSH: '/no/such/ssh' } })).stat(''));
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toBe(
      'Cannot reach "sftp://store/": cannot start "/no/such/ssh" (it is not installed). Install the OpenSSH client, or name it in IACT_SSH.',
    );
  });

  test('a server without SFTP', async () => {
    const error = await firstError({ sftp: '' });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toMatch(/: the server has no SFTP \(its "sftp" subsystem is missing or broken\)\.$/);
  });

  test('a login that prints something where SFTP should begin', async () => {
    const error = await firstError({ sftp: await chattyLogin() });
    expect(error).toMatchObject({ code: 'unreachable', retryable: false });
    expect(error.message).toContain(
      'something else than SFTP: "Welcome to the cluster". Does the login print something?',
    );
  });

  test('what ssh has against its configuration', async () => {
    const server = await startSshd();
    const env = { ...server.env, IACT_SSH: `${server.env['IACT_SSH']} -oNoSuchOption=1` };
    const error = await errorOf((await openSource(server, '/', { env })).stat(''));
    expect(error.message).toMatch(/ssh does not take its configuration: .*nosuchoption/i);
  });

  test('a host that would be an option of ssh', async () => {
    const error = await firstError({}, {}, { host: '-oProxyCommand=touch /tmp/x' });
    expect(error).toMatchObject({ code: 'usage' });
  });

  test('a file that may not be read', async () => {
    const server = await startSshd({ sftp: 'internal-sftp -P open' });
    const directory = await tempDirectory();
    await writeFile(join(directory, 'a'), 'a');
    const source = await openSource(server, directory);
    const error = await errorOf(contentOf(source, 'a'));
    expect(error).toMatchObject({ code: 'unreadable', retryable: false });
    expect(error.message).toBe(`Cannot read "${source.uriOf('a')}": permission denied.`);
  });

  test('a directory that is read as a file', async () => {
    const server = await startSshd();
    const source = await openSource(server, '/');
    expect(await errorOf(contentOf(source, 'tmp'))).toMatchObject({
      code: 'unreadable',
      message: 'Cannot read "sftp://store/tmp": it is a directory.',
    });
  });

  test('a server that lets nothing be written', async () => {
    const server = await startSshd({ sftp: 'internal-sftp -R' });
    const directory = await tempDirectory();
    const destination = await SftpDestination.open(server.location(directory), { env: server.env });
    onTestFinished(() => destination.close());
    const error = await errorOf(destination.stage('a'));
    expect(error).toMatchObject({ code: 'unwritable', retryable: false });
    expect(error.message).toBe(`Cannot write "${destination.uriOf('a')}": permission denied.`);
    const below = await SftpDestination.open(server.location(join(directory, 'new')), { env: server.env });
    onTestFinished(() => below.close());
    expect((await errorOf(below.stage('a'))).message).toBe(`Cannot write "${below.uri}": permission denied.`);
  });
});
