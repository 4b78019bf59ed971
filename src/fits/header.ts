import { IactError } from '../core/index.ts';
import { type Card, keywordOf, parseCard, parseCards, parseCardValue } from './card.ts';
import { encodeCard, encodeCommentary, normalKeyword } from './card-encode.ts';
import type { CardValue, Complex } from './card-value.ts';
import { CARD_LENGTH, findEndRecord, latin1, paddedLength, putLatin1 } from './records.ts';

/** Records that a header may have; a longer one is refused as broken. */
export const MAX_HEADER_CARDS = 36_000;

/**
 * A header: its cards in order, found by keyword.
 *
 * Keywords are found in any case; where one stands several times, the first counts. Cards that are not touched are
 * encoded as the bytes they were parsed from. A card is parsed when it is asked for: most of a header's never are.
 *
 * @see FITS 4.0 §4
 */
export class Header {
  /** The text of records whose cards have not all been parsed yet. */
  #text: string | undefined;
  /** By the position of their first record. */
  readonly #parsed = new Map<number, Card>();
  #all: Card[];
  /** By keyword: of the first record as long as there are records, else of the card. */
  #positions: Map<string, number> | undefined;
  #uri: string | undefined;

  constructor(cards: readonly Card[] = [], uri?: string) {
    this.#all = [...cards];
    this.#uri = uri;
  }

  /**
   * Parses the header that begins at `offset`; `byteLength` counts its blocks, padding included (also where the bytes
   * end before the padding does).
   *
   * @throws IactError 'bad-data' when there is no END record
   */
  static parse(bytes: Uint8Array, uri: string, offset = 0): { header: Header; byteLength: number } {
    const limit = Math.min(bytes.length, offset + MAX_HEADER_CARDS * CARD_LENGTH);
    const end = findEndRecord(bytes, offset, limit);
    if (end >= 0) {
      const header = new Header([], uri);
      header.#text = latin1(bytes, offset, end);
      return { header, byteLength: paddedLength(end + CARD_LENGTH - offset) };
    }
    const count = Math.max(0, Math.floor((limit - offset) / CARD_LENGTH));
    throw new IactError(
      'bad-data',
      `Cannot read a FITS header of "${uri}" at byte ${offset}: no END record within ${count} records`,
      { uri },
    );
  }

  get cards(): readonly Card[] {
    return this.#parseAll();
  }

  has(keyword: string): boolean {
    return this.#position(keyword) !== undefined;
  }

  /** The first card of this keyword. */
  card(keyword: string): Card | undefined {
    const position = this.#position(keyword);
    if (position === undefined) return undefined;
    if (this.#text === undefined) return this.#all[position];
    let card = this.#parsed.get(position);
    if (card === undefined) {
      card = parseCard([recordAt(this.#text, position)]);
      // What another record might continue.
      if (typeof card.value === 'string' && card.value.endsWith('&')) card = parseCard(recordsOf(this.#text), position);
      this.#parsed.set(position, card);
    }
    return card;
  }

  /** The value; undefined where the keyword is absent or has no value. */
  get(keyword: string): CardValue {
    const position = this.#position(keyword);
    if (position === undefined) return undefined;
    if (this.#text === undefined) return this.#all[position]?.value;
    const value = parseCardValue(recordAt(this.#text, position));
    return typeof value === 'string' && value.endsWith('&') ? this.card(keyword)?.value : value;
  }

  /**
   * A string value; undefined where the keyword is absent or has no value.
   * @throws IactError 'bad-data' when the value is of another type
   */
  string(keyword: string): string | undefined {
    return this.#typed(keyword, 'a string', (value) => (typeof value === 'string' ? value : undefined));
  }

  /**
   * An integer or float as a double; undefined where the keyword is absent or has no value.
   * @throws IactError 'bad-data' when the value is of another type
   */
  number(keyword: string): number | undefined {
    return this.#typed(keyword, 'a number', (value) =>
      typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined,
    );
  }

  /**
   * An integer (or a float without a fraction) within ±(2^53 − 1); undefined where the keyword is absent or has no value.
   * @throws IactError 'bad-data' when the value is of another type
   */
  integer(keyword: string): number | undefined {
    return this.#typed(keyword, 'an integer', (value) => (Number.isSafeInteger(value) ? (value as number) : undefined));
  }

  /**
   * A logical; undefined where the keyword is absent or has no value.
   * @throws IactError 'bad-data' when the value is of another type
   */
  boolean(keyword: string): boolean | undefined {
    return this.#typed(keyword, 'a logical (T or F)', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /**
   * Gives a keyword a value: in its place where it exists, with its old comment if none is given, else at the end.
   *
   * @throws IactError 'bad-data' when keyword or value cannot be written (text outside ASCII, a number not finite)
   */
  set(keyword: string, value: CardValue, comment?: string): void {
    const cards = this.#parseAll();
    const position = this.#position(keyword);
    const card = makeCard(keyword, value, comment ?? this.card(keyword)?.comment ?? '');
    if (position === undefined) this.#insert(cards.length, card);
    else cards[position] = card;
  }

  /** Like {@link set}, but a keyword that is new goes behind the (last) card of `anchor`, or to the end without one. */
  insertAfter(anchor: string, keyword: string, value: CardValue, comment?: string): void {
    if (this.has(keyword)) {
      this.set(keyword, value, comment);
      return;
    }
    const name = normalKeyword(anchor);
    const cards = this.#parseAll();
    const position = cards.findLastIndex((card) => normalKeyword(card.keyword) === name);
    this.#insert(position < 0 ? cards.length : position + 1, makeCard(keyword, value, comment ?? ''));
  }

  /** Appends COMMENT cards. Characters outside ASCII become question marks. */
  comment(text: string): void {
    this.#commentary('COMMENT', text);
  }

  /** Appends HISTORY cards. Characters outside ASCII become question marks. */
  history(text: string): void {
    this.#commentary('HISTORY', text);
  }

  /** Removes every card of this keyword; false where there is none. */
  remove(keyword: string): boolean {
    if (!this.has(keyword)) return false;
    const name = normalKeyword(keyword);
    this.#all = this.#parseAll().filter((card) => normalKeyword(card.keyword) !== name);
    this.#positions = undefined;
    return true;
  }

  clone(): Header {
    return new Header(this.#parseAll(), this.#uri);
  }

  /** The header's blocks: cards, END, blanks. */
  encode(): Uint8Array {
    const images = this.#parseAll().flatMap((card) => card.images);
    const bytes = new Uint8Array(paddedLength((images.length + 1) * CARD_LENGTH)).fill(0x20);
    let at = 0;
    for (const image of images) at = putLatin1(bytes, at, image);
    putLatin1(bytes, at, 'END');
    return bytes;
  }

  /** All cards; positions are those of cards from now on. */
  #parseAll(): Card[] {
    if (this.#text !== undefined) {
      this.#all = parseCards(recordsOf(this.#text));
      this.#text = undefined;
      this.#parsed.clear();
      this.#positions = undefined;
    }
    return this.#all;
  }

  #position(keyword: string): number | undefined {
    // Most are asked for as they are written.
    const position = keyword === 'CONTINUE' ? undefined : this.#positions?.get(keyword);
    if (position !== undefined) return position;
    const name = normalKeyword(keyword);
    if (name === keyword && this.#positions !== undefined && name !== 'CONTINUE') return undefined;
    // Which of these records continue a card, and which are cards, only parsing tells.
    if (name === 'CONTINUE') this.#parseAll();
    this.#positions ??= this.#findPositions();
    return this.#positions.get(name);
  }

  #findPositions(): Map<string, number> {
    const positions = new Map<string, number>();
    const text = this.#text;
    const count = text === undefined ? this.#all.length : text.length / CARD_LENGTH;
    for (let i = count - 1; i >= 0; i -= 1) {
      positions.set(
        text === undefined ? normalKeyword(this.#all[i]?.keyword ?? '') : keywordOf(text, i * CARD_LENGTH),
        i,
      );
    }
    return positions;
  }

  #insert(index: number, card: Card): void {
    const cards = this.#parseAll();
    if (index === cards.length) {
      const name = normalKeyword(card.keyword);
      if (this.#positions?.has(name) === false) this.#positions.set(name, index);
      cards.push(card);
    } else {
      cards.splice(index, 0, card);
      this.#positions = undefined;
    }
  }

  #commentary(keyword: string, text: string): void {
    for (const image of encodeCommentary(keyword, text)) this.#insert(this.#parseAll().length, parseCard([image]));
  }

  #typed<T>(keyword: string, wanted: string, accept: (value: CardValue) => T | undefined): T | undefined {
    const card = this.card(keyword);
    if (card === undefined || (card.value === undefined && card.fault === undefined)) return undefined;
    const value = accept(card.value);
    if (value !== undefined) return value;
    const hdu = keyword === 'EXTNAME' ? undefined : this.get('EXTNAME');
    const place = `${typeof hdu === 'string' ? ` of HDU "${hdu}"` : ''}${this.#uri === undefined ? '' : ` in "${this.#uri}"`}`;
    const found = card.fault ?? showValue(card.value);
    throw new IactError('bad-data', `Cannot read the keyword "${keyword}"${place}: found ${found}, needed ${wanted}`, {
      ...(this.#uri === undefined ? {} : { uri: this.#uri }),
    });
  }
}

function recordAt(text: string, position: number): string {
  return text.slice(position * CARD_LENGTH, (position + 1) * CARD_LENGTH);
}

function recordsOf(text: string): string[] {
  return Array.from({ length: text.length / CARD_LENGTH }, (_, position) => recordAt(text, position));
}

function makeCard(keyword: string, value: CardValue, comment: string): Card {
  // Parsed again, so that a card reads the same before and after it was written.
  return parseCard(encodeCard(normalKeyword(keyword), value, comment));
}

function showValue(value: CardValue): string {
  if (typeof value === 'object') return showComplex(value);
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function showComplex(value: Complex): string {
  return `(${value.re}, ${value.im})`;
}

/** A card to be set: keyword, value, comment. */
export type CardEntry = readonly [keyword: string, value: CardValue, comment?: string | undefined];

/** Sets cards in order; COMMENT and HISTORY are appended. */
export function setCards(header: Header, cards: readonly CardEntry[]): void {
  for (const [keyword, value, comment] of cards) {
    if (keyword === 'COMMENT') header.comment(String(value));
    else if (keyword === 'HISTORY') header.history(String(value));
    else header.set(keyword, value, comment);
  }
}
