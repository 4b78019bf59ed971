import { IactError } from '../core/index.ts';
import type { CardValue } from './card-value.ts';
import { formatFloat, formatNumber } from './card-value.ts';
import { CARD_LENGTH, trimBlanks } from './records.ts';

const STANDARD_KEYWORD = /^[A-Z0-9_-]{1,8}$/;
const HIERARCH_KEYWORD = /^[!-&(-<>-~]+(?: [!-&(-<>-~]+)*$/;
const PRINTABLE = /^[ -~]*$/;
const NOT_PRINTABLE = /[^ -~]/g;
const RESERVED = new Set(['END', 'COMMENT', 'HISTORY', 'CONTINUE', 'HIERARCH']);
/** Characters of a string that fit on a CONTINUE record beside its quotes. */
const PIECE_LENGTH = 68;

/** A keyword as headers are searched for it: upper case, without the prefix HIERARCH. */
export function normalKeyword(keyword: string): string {
  const known = NORMAL.get(keyword);
  if (known !== undefined) return known;
  const normal = normalise(keyword);
  if (NORMAL.size >= MAX_NORMAL) NORMAL.clear();
  NORMAL.set(keyword, normal);
  return normal;
}

/** The same few keywords are looked up in each header: finding one takes a tenth of the time. */
const NORMAL = new Map<string, string>();
const MAX_NORMAL = 10_000;

function normalise(keyword: string): string {
  const upper = keyword.trim().toUpperCase();
  return upper.startsWith('HIERARCH ') ? upper.slice(9).trim() : upper;
}

/**
 * The 80-character records of a card with a value.
 *
 * Values stand in fixed format where they fit; strings that need more than one record are continued (§4.2.1.2), and
 * keywords that the standard does not allow use the HIERARCH convention. A comment is cut where its record ends, and
 * characters outside ASCII in it become question marks.
 *
 * @throws IactError 'bad-data' for a keyword that cannot be written, text outside ASCII, a number that is not finite
 * @see FITS 4.0 §4.2
 */
export function encodeCard(keyword: string, value: CardValue, comment: string): string[] {
  const prefix = cardPrefix(keyword);
  const note = comment.replace(NOT_PRINTABLE, '?').trimEnd();
  if (typeof value === 'string') return encodeString(keyword, prefix, value, note);
  const text = formatValue(keyword, value);
  const field = prefix.length === 10 ? text.padStart(20) : text;
  if (prefix.length + field.length > CARD_LENGTH) {
    throw badCard(
      keyword,
      `keyword and value need ${prefix.length + field.length} characters, ${CARD_LENGTH} are there`,
    );
  }
  return [withComment(prefix + field, note)];
}

/** The records of a commentary card: lines of at most 72 characters; characters outside ASCII become question marks. */
export function encodeCommentary(keyword: string, text: string): string[] {
  const records: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const clean = line.replace(NOT_PRINTABLE, '?');
    for (let start = 0; start === 0 || start < clean.length; start += CARD_LENGTH - 8) {
      records.push((keyword.padEnd(8) + clean.slice(start, start + CARD_LENGTH - 8)).padEnd(CARD_LENGTH));
    }
  }
  return records;
}

function cardPrefix(keyword: string): string {
  if (RESERVED.has(keyword)) throw badCard(keyword, 'this keyword takes no value');
  if (STANDARD_KEYWORD.test(keyword)) return `${keyword.padEnd(8)}= `;
  if (HIERARCH_KEYWORD.test(keyword) && keyword.length <= 60) return `HIERARCH ${keyword} = `;
  throw badCard(keyword, 'a keyword has printable ASCII characters without "=" and quotes, at most 60 of them');
}

function formatValue(keyword: string, value: Exclude<CardValue, string>): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'bigint') return value.toString();
  const parts = typeof value === 'number' ? [value] : [value.re, value.im];
  if (!parts.every(Number.isFinite)) throw badCard(keyword, `FITS headers hold finite numbers only, not ${parts}`);
  return typeof value === 'number' ? formatNumber(value) : `(${parts.map(formatFloat).join(', ')})`;
}

function encodeString(keyword: string, prefix: string, value: string, comment: string): string[] {
  if (!PRINTABLE.test(value)) {
    throw badCard(keyword, `FITS headers hold printable ASCII characters only, found ${JSON.stringify(value)}`);
  }
  const escaped = trimBlanks(value).replaceAll("'", "''");
  // At least 8 characters between the quotes, which old readers and XTENSION need (§4.2.1.1).
  const single = `${prefix}'${escaped.padEnd(8)}'`;
  if (single.length <= CARD_LENGTH) {
    return [withComment(prefix.length === 10 ? single.padEnd(30) : single, comment)];
  }
  const pieces = splitEscaped(escaped, CARD_LENGTH - prefix.length - 3);
  const last = pieces.at(-1) ?? '';
  const commentFits = comment === '' || 10 + last.length + 2 + 3 + comment.length <= CARD_LENGTH;
  if (!commentFits) pieces.push('');
  return pieces.map((piece, i) => {
    const isLast = i === pieces.length - 1;
    const record = `${i === 0 ? prefix : 'CONTINUE  '}'${piece}${isLast ? '' : '&'}'`;
    return withComment(record, isLast ? comment : '');
  });
}

/** Pieces of a string whose quotes are doubled, leaving room for the ampersand and never parting two quotes. */
function splitEscaped(escaped: string, firstLength: number): string[] {
  const pieces: string[] = [];
  let room = firstLength;
  for (let start = 0; start < escaped.length; room = PIECE_LENGTH - 1) {
    let end = Math.min(start + room, escaped.length);
    const quotes = /'*$/.exec(escaped.slice(start, end))?.[0].length ?? 0;
    if (quotes % 2 === 1) end -= 1;
    pieces.push(escaped.slice(start, end));
    start = end;
  }
  return pieces;
}

function withComment(record: string, comment: string): string {
  const full = comment === '' ? record : `${record} / ${comment}`;
  return full.slice(0, CARD_LENGTH).padEnd(CARD_LENGTH);
}

function badCard(keyword: string, reason: string): IactError {
  return new IactError('bad-data', `Cannot write the keyword "${keyword}" to a FITS header: ${reason}`);
}
