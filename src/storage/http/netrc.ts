/** One entry of a netrc file. */
export interface NetrcEntry {
  /** `undefined` for the entry `default`. */
  readonly machine: string | undefined;
  readonly login: string | undefined;
  readonly password: string | undefined;
}

const TOKEN = /"((?:\\.|[^"\\])*)"|(\S+)/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/**
 * Reads a netrc file: `machine`, `default`, `login`, `password`, `account`, `macdef`, lines that begin with `#`, and
 * values in double quotes with `\"`, `\\`, `\n`, `\r` and `\t`, as curl reads them. What is not understood is skipped.
 */
export function parseNetrc(text: string): NetrcEntry[] {
  const entries: { machine: string | undefined; login: string | undefined; password: string | undefined }[] = [];
  let inMacro = false;
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    // A macro ends with an empty line.
    if (inMacro) inMacro = line.trim() !== '';
    if (inMacro || line.trimStart().startsWith('#')) continue;
    for (const [, quoted, plain = ''] of line.matchAll(TOKEN)) {
      const value = quoted === undefined ? plain : unescaped(quoted);
      const entry = entries.at(-1);
      if (key === 'machine') entries.push({ machine: value, login: undefined, password: undefined });
      else if (key === 'login' && entry !== undefined) entry.login = value;
      else if (key === 'password' && entry !== undefined) entry.password = value;
      else if (key === 'macdef') inMacro = true;
      if (key === undefined && quoted === undefined) {
        if (plain === 'default') entries.push({ machine: undefined, login: undefined, password: undefined });
        else if (/^(?:machine|login|password|account|macdef)$/.test(plain)) key = plain;
      } else key = undefined;
      if (inMacro) break;
    }
  }
  return entries;
}

/** The entry for a host, and for a user where one is given; `default` matches every host, and must be the last. */
export function findEntry(
  entries: readonly NetrcEntry[],
  host: string,
  user: string | undefined,
): NetrcEntry | undefined {
  const matches = ({ machine, login }: NetrcEntry): boolean =>
    (machine === undefined || machine.toLowerCase() === host.toLowerCase()) &&
    (user === undefined || login === undefined || login === user);
  return entries.find(matches);
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
