/** What a terminal obeys, or what makes text read other than it is: controls, halves of surrogates, marks of direction. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Most texts are plain, and are known to be so at once. */
const NOT_PLAIN = /[^ -~]/;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text in one line that any terminal shows as it is: what stands in names and headers of other people's files. Control
 * characters become escapes as in JSON (`\n`, `\u001b`). Twice does the same as once.
 */
export function printable(text: string): string {
  return NOT_PLAIN.test(text) ? text.replace(UNPRINTABLE, escaped) : text;
}

/** As {@link printable}, for a text that has several lines on purpose. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE, (character) => (character === '\n' ? character : escaped(character)));
}

function escaped(character: string): string {
  return SHORT_ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A text cut to a length that a message can hold; what is left out is in the middle. */
export function shortened(text: string, most = 240): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 3) / 2);
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}
