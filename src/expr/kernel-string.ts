import { ensureNulls, type Kernel, mergeNulls, operand } from './block.ts';
import { holds } from './kernel-bit.ts';
import type { ComparisonOperator } from './kernel-number.ts';
import type { StringValues } from './table.ts';

const BLANK = 0x20;

/** Where the text of a field ends: before the blanks that fill it, but keeping one character, then before a NUL. */
function fieldLength(bytes: Uint8Array, start: number, width: number): number {
  let length = width;
  while (length > 1 && bytes[start + length - 1] === BLANK) length--;
  for (let i = 0; i < length; i++) if (bytes[start + i] === 0) return i;
  return length;
}

/** The text of a field, one character for each byte. */
export function fieldText(values: StringValues, row: number, width: number): string {
  const start = values.offset + row * values.stride;
  const end = start + fieldLength(values.bytes, start, width);
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(values.bytes[i] as number);
  return text;
}

/** Comparison by the codes of the characters. Upper case comes before lower case; nothing is trimmed. */
export function compareStrings(operator: Exclude<ComparisonOperator, '~'>): Kernel {
  return (out, args, frame) => {
    const [a, b] = [operand(args, 0).texts, operand(args, 1).texts];
    mergeNulls(out, args, frame.rows);
    for (let row = 0; row < frame.rows; row++) {
      const [x, y] = [a[row] as string, b[row] as string];
      out.flags[row] = holds(operator, x < y ? -1 : x > y ? 1 : 0) ? 1 : 0;
    }
  };
}

/** A column compared with a constant, on the bytes, without making strings: the common case. */
export function compareFieldWithText(column: number, width: number, operator: '==' | '!=', text: string): Kernel {
  const codes = Uint16Array.from(text, (character) => character.charCodeAt(0));
  const whenEqual = operator === '==' ? 1 : 0;
  return (out, _args, frame) => {
    const values = frame.column(column) as StringValues;
    const bytes = values.bytes;
    out.hasNulls = false;
    for (let row = 0; row < frame.rows; row++) {
      const start = values.offset + (frame.firstRow + row) * values.stride;
      let same = codes.length === 0 || bytes[start] === codes[0];
      // Most fields differ in the first character; only the others are measured.
      if (same) same = fieldLength(bytes, start, width) === codes.length;
      for (let i = 1; same && i < codes.length; i++) same = bytes[start + i] === codes[i];
      out.flags[row] = same ? whenEqual : 1 - whenEqual;
    }
  };
}

/** One string after the other. */
export const joinStrings: Kernel = (out, args, frame) => {
  const [a, b] = [operand(args, 0).texts, operand(args, 1).texts];
  mergeNulls(out, args, frame.rows);
  for (let row = 0; row < frame.rows; row++) out.texts[row] = `${a[row]}${b[row]}`;
};

/** The position of one string in another, counted from 1; null if it is not there. */
export const findString: Kernel = (out, args, frame) => {
  const [text, wanted] = [operand(args, 0).texts, operand(args, 1).texts];
  mergeNulls(out, args, frame.rows);
  for (let row = 0; row < frame.rows; row++) {
    const position = (text[row] as string).indexOf(wanted[row] as string) + 1;
    out.numbers[row] = position;
    if (position === 0) ensureNulls(out, frame.rows)[row] = 1;
  }
};

/**
 * `strmid(text, position, length)`: null for position 0, empty for one beyond the end or a length below 1.
 * `refuse` throws for a negative position; it is told the row, counted from 1.
 */
export function middleOfString(refuse: (row: number) => never): Kernel {
  return (out, args, frame) => {
    const [text, position, count] = [operand(args, 0), operand(args, 1), operand(args, 2)];
    mergeNulls(out, args, frame.rows);
    for (let row = 0; row < frame.rows; row++) {
      out.texts[row] = '';
      if (out.hasNulls && out.nulls[row] === 1) continue;
      const from = position.numbers[row] as number;
      if (from < 0) refuse(frame.firstRow + row + 1);
      if (from === 0) ensureNulls(out, frame.rows)[row] = 1;
      else
        out.texts[row] = (text.texts[row] as string).substring(
          from - 1,
          from - 1 + Math.max(0, count.numbers[row] as number),
        );
    }
  };
}
