import { normalKeyword } from './card-encode.ts';
import { type CardValue, parseField, parseValue } from './card-value.ts';
import { CARD_LENGTH, trimBlanks } from './records.ts';

/** One keyword record with its CONTINUE records. */
export interface Card {
  /** As written, without the prefix HIERARCH; empty for a blank keyword. */
  readonly keyword: string;
  readonly value: CardValue;
  /** The comment behind the value; the text of a commentary card (COMMENT, HISTORY, blank, or no value indicator). */
  readonly comment: string;
  /** The 80-character records, one character for each byte, CONTINUE included. */
  readonly images: readonly string[];
  /** What the standard does not allow in this card, in words; undefined for a good card. */
  readonly fault: string | undefined;
}

const CONTINUE = 'CONTINUE';

/**
 * The cards of keyword records, with CONTINUE records joined to the string they continue.
 *
 * A CONTINUE record that continues nothing is a commentary card of that name.
 *
 * @param records strings of 80 characters, END excluded
 * @see FITS 4.0 §4.1.2 and §4.2.1.2
 */
export function parseCards(records: readonly string[]): Card[] {
  const cards: Card[] = [];
  for (let i = 0; i < records.length; ) {
    const card = parseCard(records, i);
    cards.push(card);
    i += card.images.length;
  }
  return cards;
}

/** The card that starts at record `start`. */
export function parseCard(records: readonly string[], start = 0): Card {
  const image = records[start] ?? '';
  const { keyword, field } = splitRecord(image);
  if (field === undefined) {
    return { keyword, value: undefined, comment: image.slice(8).trimEnd(), images: [image], fault: undefined };
  }
  const first = parseField(field);
  if (typeof first.value !== 'string' || !first.value.endsWith('&')) {
    return { keyword, value: first.value, comment: first.comment, images: [image], fault: first.fault };
  }
  return joinContinued(keyword, first.value, first.comment, records, start);
}

function joinContinued(
  keyword: string,
  firstValue: string,
  firstComment: string,
  records: readonly string[],
  start: number,
): Card {
  const pieces: string[] = [];
  const comments = [firstComment];
  let end = start + 1;
  let last = firstValue;
  while (last.endsWith('&')) {
    const next = records[end];
    if (next?.startsWith(CONTINUE) !== true || next.slice(8, 10) !== '  ') break;
    const field = parseField(next.slice(10));
    if (typeof field.value !== 'string') break;
    pieces.push(last.slice(0, -1));
    comments.push(field.comment);
    last = field.value;
    end += 1;
  }
  pieces.push(last);
  return {
    keyword,
    value: trimBlanks(pieces.join('')),
    comment: comments.filter((text) => text !== '').join(' '),
    images: records.slice(start, end),
    fault: undefined,
  };
}

/** What `parseCard` gives as the value of a record that no other continues. */
export function parseCardValue(image: string): CardValue {
  const { field } = splitRecord(image);
  return field === undefined ? undefined : parseValue(field);
}

/** The keyword of the record that begins at `at`, in capitals. */
export function keywordOf(text: string, at: number): string {
  const name = text.slice(at, at + 8);
  // As splitRecord() has it, without cutting out what is not needed.
  if (name !== 'HIERARCH') return normalKeyword(name);
  return splitRecord(text.slice(at, at + CARD_LENGTH)).keyword.toUpperCase();
}

/** The keyword of a record and the text behind its value indicator, undefined for a commentary record. */
function splitRecord(image: string): { keyword: string; field: string | undefined } {
  const keyword = image.slice(0, 8).trimEnd();
  if (keyword === 'HIERARCH' && image[8] === ' ') {
    const equals = image.indexOf('=', 9);
    const long = equals < 0 ? '' : image.slice(9, equals).trim();
    if (long !== '' && !long.includes("'")) return { keyword: long, field: image.slice(equals + 1) };
  }
  const commentary = keyword === '' || keyword === 'COMMENT' || keyword === 'HISTORY' || keyword === CONTINUE;
  if (commentary || image.slice(8, 10) !== '= ') return { keyword, field: undefined };
  return { keyword, field: image.slice(10) };
}
