/** Where names in a path come from. */
export interface Expansion {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `~` means without `$HOME`. */
  readonly homeDir: string;
  /** The home directory of a user, undefined for an unknown one. */
  homeOf(user: string): string | undefined;
}

/**
 * Replaces `$NAME`, `${NAME}`, `$(NAME)`, `$ENV{NAME}`, `$ENV(NAME)`, `~`, `~user`, `~+` ($PWD) and `~-` ($OLDPWD), anywhere
 * in a text.
 *
 * The name behind a bare `$` ends at a slash, a blank or the end of the text, so `$NAME.fits` means a variable of that
 * whole name. A tilde counts only if a slash or a blank follows its name. A backslash protects itself and the next
 * character, single quotes protect what is between them, and all of these stay in the text. Unknown names and forms
 * without their end stay as they are; what was put in is not looked at again.
 */
export function expandPath(text: string, expansion: Expansion): string {
  let result = '';
  let literal = false;
  for (let at = 0; at < text.length; ) {
    if (text[at] === "'") literal = !literal;
    const { length, value } = pieceAt(text, at, literal, expansion);
    result += value ?? text.slice(at, at + length);
    at += length;
  }
  return result;
}

/** A form found in a text: how long it is, and what to put in its place (undefined: itself). */
interface Piece {
  length: number;
  value?: string | undefined;
}

function pieceAt(text: string, at: number, literal: boolean, expansion: Expansion): Piece {
  if (text[at] === '\\') return { length: 2 };
  if (literal) return { length: 1 };
  if (text[at] === '$') return variableAt(text, at, expansion);
  return text[at] === '~' ? tildeAt(text, at, expansion) : { length: 1 };
}

const BRACKETED_VARIABLE = /\$(?:ENV)?(?:\{([^}]*)\}|\(([^)]*)\))/y;
const OPENED_VARIABLE = /\$(?:ENV)?[{(]/y;
const BARE_VARIABLE = /\$([^/ ]*)/y;
const TILDE = /~([^/ ]*)(?=[/ ])/y;

function variableAt(text: string, at: number, { env }: Expansion): Piece {
  const bracketed = matchAt(BRACKETED_VARIABLE, text, at);
  if (bracketed) return { length: bracketed[0].length, value: env[bracketed[1] ?? bracketed[2] ?? ''] };
  const opened = matchAt(OPENED_VARIABLE, text, at);
  if (opened) return { length: opened[0].length };
  const bare = matchAt(BARE_VARIABLE, text, at);
  return { length: bare?.[0].length ?? 1, value: env[bare?.[1] ?? ''] };
}

function tildeAt(text: string, at: number, { env, homeDir, homeOf }: Expansion): Piece {
  const tilde = matchAt(TILDE, text, at);
  if (!tilde) return { length: 1 };
  const length = tilde[0].length;
  switch (tilde[1]) {
    case '':
    case undefined:
      return { length, value: env['HOME'] || homeDir };
    case '+':
      return { length, value: env['PWD'] };
    case '-':
      return { length, value: env['OLDPWD'] };
    default:
      return { length, value: homeOf(tilde[1]) };
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
