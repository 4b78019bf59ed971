import { describe, expect, it } from 'vitest';
import type { SftpLocation } from '../location.ts';
import { planSshCommand, splitCommand } from './ssh-command.ts';

const location = (parts: Partial<SftpLocation> = {}): SftpLocation => ({
  kind: 'sftp',
  user: undefined,
  password: undefined,
  host: 'store',
  port: undefined,
  path: '/',
  ...parts,
});

describe('planSshCommand()', () => {
  it('asks for the SFTP subsystem of the host', () => {
    const { program, args } = planSshCommand(location(), {}, true);
    expect(program).toBe('ssh');
    expect(args.slice(-4)).toEqual(['-s', '--', 'store', 'sftp']);
    expect(args).not.toContain('-oBatchMode=yes');
  });

  it('passes on user and port, and never the password', () => {
    const { args } = planSshCommand(location({ user: 'me', port: 2222, password: 'geheim' }), {}, true);
    expect(args.join(' ')).toContain('-p 2222 -l me -s -- store');
    expect(args.join(' ')).not.toContain('geheim');
  });

  it('lets ssh ask nothing where nobody answers', () => {
    expect(planSshCommand(location(), {}, false).args).toContain('-oBatchMode=yes');
  });

  it('puts the options of IACT_SSH first, where they win', () => {
    const { program, args } = planSshCommand(
      location(),
      { IACT_SSH: "/opt/ssh -F 'my config' -oConnectTimeout=5" },
      true,
    );
    expect(program).toBe('/opt/ssh');
    expect(args.slice(0, 3)).toEqual(['-F', 'my config', '-oConnectTimeout=5']);
  });

  it.each(['-oProxyCommand=x', '-V'])('refuses a host %s', (host) => {
    expect(() => planSshCommand(location({ host }), {}, true)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('splitCommand()', () => {
  it.each([
    ['', []],
    ['  ssh  -v ', ['ssh', '-v']],
    [`ssh -F '/a b/c' "d e"f\\ g`, ['ssh', '-F', '/a b/c', 'd ef g']],
    [`"say \\"hi\\" \\n" ''`, ['say "hi" \\n', '']],
    [`'$HOME' "it's"`, ['$HOME', "it's"]],
  ])('cuts %j as a shell would', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  it.each([`ssh 'x`, `ssh "x`, `ssh "x\\"`, 'ssh \\'])('refuses %j', (line) => {
    expect(() => splitCommand(line)).toThrow(/a quote in .* does not end/);
  });
});
