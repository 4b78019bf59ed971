/** Characters of which every one is one cell. */
const NARROW = /^[\u0020-\u007e\u00a1-\u02ff]*$/;
/** Marks that are drawn on the character before them, and characters that are not drawn. */
const NO_CELL = /^[\p{Mn}\p{Me}\u200b-\u200d\u2060\ufeff]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
/**
 * Ranges of characters of two cells.
 *
 * @see Unicode UAX #11, East_Asian_Width W and F
 */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Cells that text takes on a terminal, at most: emoji that a terminal joins into one are counted one by one. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += cellsOf(character);
  return width;
}

function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  // Asks for the emoji instead of the sign, which is wider by one.
  if (code === 0xfe0f) return 1;
  if (NO_CELL.test(character)) return 0;
  if (WIDE.some(([first, last]) => code >= first && code <= last)) return 2;
  return EMOJI.test(character) ? 2 : 1;
}

/** Text that takes no more cells than `width`; `…` stands for what was cut from its end. */
export function cutEnd(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  return width < 1 ? '' : `${head(text, width - 1)}…`;
}

/** As {@link cutEnd}, from the middle, with more of the end: names of files differ there. */
export function cutMiddle(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width < 1) return '';
  const front = Math.floor((width - 1) / 3);
  const characters = Array.from(text).reverse();
  let tail = '';
  let left = width - 1 - front;
  for (const character of characters) {
    left -= cellsOf(character);
    if (left < 0) break;
    tail = character + tail;
  }
  return `${head(text, front)}…${tail}`;
}

function head(text: string, width: number): string {
  let result = '';
  let left = width;
  for (const character of text) {
    left -= cellsOf(character);
    if (left < 0) break;
    result += character;
  }
  return result;
}

/** Fills text with blanks up to a width in cells. */
export function padText(text: string, width: number, atStart = false): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return atStart ? blanks + text : text + blanks;
}
