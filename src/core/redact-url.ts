/** A bound on the length of the scheme keeps the search linear. */
const SCHEME = /[a-z][a-z0-9+.-]{0,30}:\/\//i;
/** What a sentence puts behind a URL. */
const CLOSING = `"'.,;:)]>`;

/**
 * Hides what may be secret in the URLs of a text: the password of `user:password@host`, the whole of `token@host` in a
 * web address, and query and fragment, which hold the signature or token where a URL was signed. Everything that is shown
 * to people or kept in a file passes through this.
 *
 * A password may have been typed with any character in it, `/`, `?`, `#` and `@` included, so all up to the last `@` is
 * hidden: in doubt too much rather than too little. A text that begins with a URL is taken for one, blanks and all; in
 * other texts a URL ends at a blank.
 */
export function redactUrls(text: string): string {
  const begin = text.search(/\S/);
  if (SCHEME.exec(text.slice(begin, begin + 40))?.index === 0) return redactUrl(text);
  return text.replace(/\S+/g, redactWord);
}

/** A text as {@link redactUrls} has it, without marks where something was: what can be kept, and used as a URL again. */
export function withoutSecrets(text: string): string {
  const shown = redactUrls(text);
  if (shown === text) return text;
  return shown
    .replaceAll(':***@', '@')
    .replaceAll('***@', '')
    .replace(/[?#]\*\*\*/g, '');
}

function redactWord(word: string): string {
  let end = word.length;
  while (end > 0 && CLOSING.includes(word.charAt(end - 1))) end -= 1;
  return redactUrl(word.slice(0, end)) + word.slice(end);
}

function redactUrl(text: string): string {
  const scheme = SCHEME.exec(text);
  if (scheme === null) return text;
  const start = scheme.index + scheme[0].length;
  const isWeb = /^https?:/i.test(scheme[0]);
  const shown = hideUserInfo(text.slice(start), isWeb);
  const secret = shown.search(/[?#]/);
  return text.slice(0, start) + (secret < 0 ? shown : `${shown.slice(0, secret + 1)}***`);
}

function hideUserInfo(rest: string, isWeb: boolean): string {
  const at = rest.lastIndexOf('@');
  if (at < 0) return hideBrokenPassword(rest);
  const info = rest.slice(0, at);
  const colon = info.indexOf(':');
  if (colon >= 0) return `${info.slice(0, colon)}:***${rest.slice(at)}`;
  return isWeb && !info.includes('/') ? `***${rest.slice(at)}` : rest;
}

/** What stands where a port should and is none may be the beginning of a password. */
function hideBrokenPassword(rest: string): string {
  return rest.replace(/^([^:/?#[]*):(?!\d{0,5}(?:[/?#\s]|$)).*/s, '$1:***');
}
