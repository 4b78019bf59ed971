import { IactError } from '../../core/index.ts';
import type { SftpLocation } from '../location.ts';

/** A program and its arguments. */
export interface SshCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The `ssh` that leads to the SFTP server of a location, as the user has configured it: `~/.ssh/config`, jump hosts,
 * agent, Kerberos and known hosts hold as at the shell.
 *
 * `IACT_SSH` is the command to use instead of `ssh`, with options if wanted, as in `ssh -F my.config`; they win over ours.
 *
 * @param canAnswer whether questions of ssh can be answered; if not, it is to fail instead of asking.
 * @throws {IactError} `usage` if `IACT_SSH` is no command, or the host would be an option.
 */
export function planSshCommand(
  location: SftpLocation,
  env: Readonly<Record<string, string | undefined>>,
  canAnswer: boolean,
): SshCommand {
  const { host, port, user } = location;
  if (host.startsWith('-')) throw new IactError('usage', `"${host}" is no name of a host.`);
  const [program = 'ssh', ...own] = splitCommand(env['IACT_SSH'] ?? '');
  const options = [
    'ForwardX11=no',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    // A connection that the user shares is used; but other sessions shall not hang on ours.
    'ControlMaster=no',
    // What it says on the way is how its errors are told apart.
    'LogLevel=INFO',
    'ConnectTimeout=30',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=3',
    ...(canAnswer ? [] : ['BatchMode=yes']),
  ];
  return {
    program,
    args: [
      ...own,
      '-T',
      ...options.map((option) => `-o${option}`),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(user === undefined ? [] : ['-l', user]),
      '-s',
      '--',
      host,
      'sftp',
    ],
  };
}

/** One word: parts without quotes, in single quotes, in double quotes, or after a backslash. */
const WORD = /(?:[^\s'"\\]|'[^']*'|"(?:[^"\\]|\\.)*"|\\.)+/gs;
const PART = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs;

/** Cuts a command line into words, as a shell would without replacing anything. */
export function splitCommand(line: string): string[] {
  if (line.replace(WORD, '').trim() !== '') {
    throw new IactError('usage', `Cannot use IACT_SSH: a quote in ${JSON.stringify(line)} does not end.`);
  }
  return (line.match(WORD) ?? []).map((word) =>
    word.replace(PART, (_, single?: string, double?: string, escaped?: string) => {
      return single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '';
    }),
  );
}
