import { describe, expect, it } from 'vitest';
import { sshError, sshMissing } from './ssh-error.ts';

const target = { uri: 'sftp://store/data', host: 'store', command: 'ssh store', reached: false };
const tell = (stderr: string, reached = false) => sshError({ ...target, reached }, { stderr, how: 'status 255' });

describe('sshError()', () => {
  it.each([
    [
      'Connection closed by 10.0.0.1 port 22\n',
      /closed from the other side \(Connection closed by 10\.0\.0\.1 port 22\)/,
    ],
    ['client_loop: send disconnect: Broken pipe\n', /closed from the other side/],
    ['kex_exchange_identification: read: Connection reset by peer\n', /closed from the other side/],
    ['ssh: connect to host store port 22: Connection timed out\n', /did not answer in time/],
    ['Timeout, server store not responding.\n', /did not answer in time/],
  ])('invites a retry after %j', (stderr, message) => {
    expect(tell(stderr)).toMatchObject({
      code: 'unreachable',
      retryable: true,
      message: expect.stringMatching(message),
    });
  });

  it.each([
    'ssh: connect to host store port 22: Connection refused\n',
    'ssh: connect to host store port 22: No route to host\n',
    'ssh: Could not resolve hostname store: Name or service not known\n',
    '',
    'something new\n',
  ])('invites a retry after %j only where the store was reached before', (stderr) => {
    expect(tell(stderr).retryable).toBe(false);
    expect(tell(stderr, true).retryable).toBe(true);
  });

  it.each([
    [
      'me@store: Permission denied (publickey,gssapi-with-mic).',
      /login of me@store \(it takes: publickey, gssapi-with-mic\)/,
    ],
    ['Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures', /after too many keys/],
    [
      'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa',
      /in common: .*ssh-rsa/,
    ],
    ['Cannot execute command-line and remote command.', /RemoteCommand/],
    ['@@@\n@ WARNING: REVOKED HOST KEY DETECTED! @\nHost key verification failed.', /revoked/],
    ['Bad owner or permissions on /home/me/.ssh/config', /does not take its configuration: Bad owner/],
    ['ssh_askpass: exec(/tmp/x/askpass): Permission denied\nHost key verification failed.', /Set TMPDIR/],
  ])('tells %j, and that a retry is of no use', (stderr, message) => {
    expect(tell(stderr)).toMatchObject({ retryable: false, message: expect.stringMatching(message) });
  });

  it('does not take the key that could not be read for a refused login', () => {
    const stderr = 'Load key "/home/me/.ssh/id_rsa": Permission denied\nme@store: Permission denied (publickey).\n';
    expect(tell(stderr).message).toContain('refused the login of me@store');
  });

  it('quotes what is new in one short line without control characters, and hides what is secret', () => {
    const { message } = tell(`\x1b[31mhello\r\n\n${'x'.repeat(300)} sftp://me:geheim@store\n`);
    expect(message).not.toMatch(/geheim|[\x00-\x1f]/);
    expect(message.length).toBeLessThan(350);
    expect(message).toMatch(/ssh ended with status 255 and said: …x+ sftp:\/\/me:\*\*\*@store\.$/);
  });

  it('keeps what ssh said as its cause', () => {
    expect(String(tell('Connection closed by 10.0.0.1\n').cause)).toContain('Connection closed by 10.0.0.1');
  });
});

describe('sshMissing()', () => {
  it('tells another reason than that it is not installed', () => {
    const cause = Object.assign(new Error('spawn ssh EACCES'), { code: 'EACCES' });
    expect(sshMissing(target, 'ssh', cause).message).toContain('cannot start "ssh" (spawn ssh EACCES)');
  });
});
