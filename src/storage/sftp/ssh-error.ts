import { IactError, redactUrls } from '../../core/index.ts';

/** How an ssh ended that did not lead to an SFTP server, or no longer does. */
export interface SshEnd {
  /** What it wrote to its standard error. */
  readonly stderr: string;
  /** How it ended: `status 255`, `SIGKILL`. */
  readonly how: string;
  /** Why we could not go on, where that was the reason. */
  readonly ours?: string | undefined;
}

/** Where ssh was to lead to. */
export interface SshTarget {
  /** Shown to people. */
  readonly uri: string;
  /** As it is given to ssh. */
  readonly host: string;
  /** Command that a user connects with to look at it: `ssh -p 2222 me@host`. */
  readonly command: string;
  /** Whether there was a connection before: what is in the way now may be gone soon. */
  readonly reached: boolean;
}

interface Rule {
  readonly when: RegExp;
  /** `found` is what `when` matched. */
  readonly tell: (target: SshTarget, found: RegExpExecArray, stderr: string) => string;
  /** `once`: only where a connection was there before. */
  readonly retry?: 'always' | 'once';
}

// The first that fits tells the reason, so the more special ones come first.
const RULES: readonly Rule[] = [
  { when: /REMOTE HOST IDENTIFICATION HAS CHANGED|DIFFERS FROM THE KEY|host key .*has changed/i, tell: tellChangedKey },
  {
    when: /REVOKED HOST KEY|marked as revoked/i,
    tell: () => 'its host key is marked as revoked. Do not use this server',
  },
  {
    when: /ssh_askpass: exec/i,
    tell: () => 'a question of ssh could not be asked. Set TMPDIR to a directory that programs may be run from',
  },
  { when: /Host key verification failed|No \S+ host key is known for/i, tell: tellUnknownKey },
  {
    when: /Too many authentication failures/i,
    tell: ({ command }) =>
      `the server refused the login after too many keys. Name the right one in ~/.ssh/config (IdentityFile, IdentitiesOnly yes), and try "${command}"`,
  },
  { when: /(?:(\S+@\S+): )?Permission denied \(([\w@.,-]+)\)/, tell: tellRefusedLogin },
  {
    when: /Could not resolve hostname ([^\s:]+)/i,
    tell: (_, [, name]) => `no host of the name "${name}" is known. Is it spelled right?`,
    retry: 'once',
  },
  {
    when: /connect to host (\S+) port (\d+): Connection refused/i,
    tell: (_, [, host, port]) => `nothing accepts connections at port ${port} of "${host}". Is the port right?`,
    retry: 'once',
  },
  {
    when: /(?:Connection|Operation) timed out|Timeout, server \S+ not responding/i,
    tell: () => 'it did not answer in time',
    retry: 'always',
  },
  {
    when: /No route to host|Network is unreachable|Network is down/i,
    tell: () => 'there is no way to it through the network',
    retry: 'once',
  },
  {
    when: /subsystem request failed/i,
    tell: () => 'the server has no SFTP (its "sftp" subsystem is missing or broken)',
  },
  {
    when: /Unable to negotiate|no matching .* found/i,
    tell: (_target, _found, stderr) => `ssh and the server have no algorithm in common: ${shortStderr(stderr)}`,
  },
  {
    when: /Cannot execute command-line and remote command/i,
    tell: () =>
      'the ssh configuration has a RemoteCommand for it. Set IACT_SSH="ssh -oRemoteCommand=none" to do without',
  },
  { when: /Bad configuration option|Bad owner or permissions|terminating, \d+ bad/i, tell: tellItsWords },
  {
    when: /Connection (?:closed|reset)|Broken pipe|Connection to .* closed|kex_exchange_identification/i,
    tell: (_target, _found, stderr) => `the connection was closed from the other side (${shortStderr(stderr)})`,
    retry: 'always',
  },
];

/** What a user needs to know of an ssh that did not lead to the store, or no longer does. */
export function sshError(target: SshTarget, end: SshEnd): IactError {
  const stderr = redactUrls(end.stderr);
  const cause = stderr.trim() === '' ? undefined : new Error(`ssh said: ${shortStderr(stderr, 1000)}`);
  const make = (reason: string, retryable: boolean): IactError => {
    const message = `Cannot reach "${target.uri}": ${reason.replace(/[.\s]+$/, '').replace(/([^?])$/, '$1.')}`;
    return new IactError('unreachable', message, { cause, retryable, uri: target.uri });
  };
  if (end.ours !== undefined) return make(end.ours, false);
  for (const { when, tell, retry } of RULES) {
    const found = when.exec(stderr);
    if (found !== null) return make(tell(target, found, stderr), isRetryable(retry, target));
  }
  if (stderr.trim() === '') return make(`the connection ended (ssh: ${end.how})`, target.reached);
  return make(`ssh ended with ${end.how} and said: ${shortStderr(stderr)}`, target.reached);
}

/** The error for an ssh that could not even be started. */
export function sshMissing(target: SshTarget, program: string, cause: Error): IactError {
  const reason = (cause as { code?: string }).code === 'ENOENT' ? 'it is not installed' : cause.message;
  const message = `Cannot reach "${target.uri}": cannot start "${program}" (${reason}). Install the OpenSSH client, or name it in IACT_SSH.`;
  return new IactError('unreachable', message, { cause, uri: target.uri });
}

/** The last lines that say something, in one line. */
export function shortStderr(stderr: string, limit = 200): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ').trim())
    .filter((line) => line !== '' && !/^[@\s]+$|^Warning: Permanently added/.test(line));
  const text = lines.slice(-3).join('; ');
  return text.length > limit ? `…${text.slice(1 - limit)}` : text;
}

function isRetryable(retry: Rule['retry'], { reached }: SshTarget): boolean {
  return retry === 'always' || (retry === 'once' && reached);
}

function tellChangedKey({ host }: SshTarget, _found: RegExpExecArray, stderr: string): string {
  const place = /Offending .*?key in (.+?)\s*$/m.exec(stderr)?.[1];
  const fingerprint = /\b(?:SHA256|MD5):[\w+/=:]+/.exec(stderr)?.[0];
  const remove = /ssh-keygen -f .*$/m.exec(stderr)?.[0]?.trim();
  const sent = fingerprint === undefined ? '' : ` It now shows ${fingerprint}.`;
  const known = place === undefined ? '' : ` The known key is in ${place}.`;
  const remedy = remove === undefined ? 'replace the known key' : `remove the old key with: ${remove}`;
  return `the host key of "${host}" is not the one that is known. Somebody may be listening in, or the server was set up anew.${sent}${known} Ask its administrator; if the new key is right, ${remedy}`;
}

function tellUnknownKey({ host, command }: SshTarget): string {
  return `the host key of "${host}" is not known yet. Connect once with "${command}", compare the fingerprint with the one that its administrator gives, and try again`;
}

function tellRefusedLogin({ command }: SshTarget, [, who, methods]: RegExpExecArray): string {
  const of = who === undefined ? '' : ` of ${who}`;
  return `the server refused the login${of} (it takes: ${methods?.replaceAll(',', ', ')}). Does "${command}" work?`;
}

function tellItsWords(_target: SshTarget, _found: RegExpExecArray, stderr: string): string {
  return `ssh does not take its configuration: ${shortStderr(stderr)}`;
}
