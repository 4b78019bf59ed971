import { trimBlanks } from './records.ts';

/** A complex number of a header card. */
export interface Complex {
  re: number;
  im: number;
}

/**
 * The value of a keyword. `undefined` is a keyword without a value (FITS 4.0 §4.1.2.3) or a card whose value is not
 * FITS (see `Card.fault`); `bigint` stands only for integers outside ±(2^53 − 1).
 */
export type CardValue = string | number | bigint | boolean | Complex | undefined;

/** What stands behind the value indicator of a card. */
export interface Field {
  value: CardValue;
  comment: string;
  fault: string | undefined;
}

const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[ED][+-]?\d+)?$/i;

/**
 * Value and comment of a card in fixed or free format; a value that is none of FITS is undefined and has a fault.
 *
 * @see FITS 4.0 §4.2
 */
export function parseField(field: string): Field {
  const text = field.trimStart();
  if (text.startsWith("'")) return parseStringField(text);
  const slash = text.indexOf('/');
  const token = (slash < 0 ? text : text.slice(0, slash)).trimEnd();
  const comment = slash < 0 ? '' : commentBehind(text.slice(slash));
  if (token === '') return { value: undefined, comment, fault: undefined };
  const value = parseToken(token);
  return { value, comment, fault: value === undefined ? `"${token}" is not a FITS value` : undefined };
}

/** The value that `parseField` gives; most are read without their comment. */
export function parseValue(field: string): CardValue {
  const text = field.trimStart();
  if (text.startsWith("'")) return stringValue(text, closingQuote(text));
  const slash = text.indexOf('/');
  const token = (slash < 0 ? text : text.slice(0, slash)).trimEnd();
  return token === '' ? undefined : parseToken(token);
}

/** Where the string ends that begins with the text; -1 if it does not. */
function closingQuote(text: string): number {
  let end = text.indexOf("'", 1);
  while (end >= 0 && text[end + 1] === "'") end = text.indexOf("'", end + 2);
  return end;
}

function stringValue(text: string, end: number): string | undefined {
  return end < 0 ? undefined : trimBlanks(text.slice(1, end).replaceAll("''", "'"));
}

function parseStringField(text: string): Field {
  const end = closingQuote(text);
  const value = stringValue(text, end);
  if (value === undefined) return { value, comment: '', fault: 'the string has no closing quote' };
  const rest = text.slice(end + 1).trim();
  if (rest === '' || rest.startsWith('/')) return { value, comment: commentBehind(rest), fault: undefined };
  return { value, comment: rest, fault: 'there is text behind the closing quote without a slash' };
}

/** The comment that begins with a slash; the one blank that usually follows the slash is not part of it. */
function commentBehind(text: string): string {
  const comment = text.slice(1).trimEnd();
  return comment.startsWith(' ') ? comment.slice(1) : comment;
}

function parseToken(token: string): CardValue {
  if (token === 'T') return true;
  if (token === 'F') return false;
  if (!token.startsWith('(')) return parseNumber(token);
  const parts = token.endsWith(')') ? token.slice(1, -1).split(',') : [];
  const [re, im] = parts.map((part) => parseNumber(part.trim()));
  if (parts.length !== 2 || re === undefined || im === undefined) return undefined;
  return { re: Number(re), im: Number(im) };
}

/** A FITS integer or float: a bigint where a number would not be exact; undefined when it is neither, or overflows. */
export function parseNumber(token: string): number | bigint | undefined {
  if (INTEGER.test(token)) {
    const value = Number(token);
    // Adding zero turns the "-0" that is legal in FITS into 0.
    return Number.isSafeInteger(value) ? value + 0 : BigInt(token.replace('+', ''));
  }
  if (!FLOAT.test(token)) return undefined;
  const value = Number(token.replace(/d/i, 'E'));
  return Number.isFinite(value) ? value : undefined;
}

/**
 * A finite number as FITS text: integers below 2^53 without, everything else with a dot or an exponent, in the fewest
 * digits that give the same double.
 *
 * @see FITS 4.0 §4.2.3 and §4.2.4
 */
export function formatNumber(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  return formatFloat(value);
}

/** A finite number as FITS text, always with a dot or an exponent. */
export function formatFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value).toUpperCase();
  return /[.E]/.test(text) ? text : `${text}.0`;
}
