import { IactError, shortened } from '../core/index.ts';

/**
 * A number of a JSON text in the spelling of its author.
 *
 * `JSON.parse` turns `48.0` into 48; a file that people edit by hand must come back as they wrote it.
 */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }
}

export type JsonValue = null | boolean | string | JsonNumber | JsonValue[] | JsonObject;

/** Keys in the order of the text; of a key given twice the last value counts, at the place of the first. */
export type JsonObject = Map<string, JsonValue>;

/** Deeper than any file that a person or a program writes, and shallow enough for the call stack. */
export const MAX_JSON_DEPTH = 500;

/** Arrays, objects, strings, numbers and words in all: the largest master index of today has some hundred. */
export const MAX_JSON_VALUES = 1_000_000;

/**
 * Reads a JSON text (RFC 8259), keeping the order of keys and the spelling of numbers.
 *
 * As in Python, whose `json` module wrote most of these files, `NaN`, `Infinity` and `-Infinity` are numbers.
 * A byte-order mark is passed over.
 *
 * @param uri names the text in errors.
 * @throws {IactError} `bad-data` with line and column; also for more than {@link MAX_JSON_VALUES} values, or brackets that
 *   are nested too deep, so that memory stays in proportion.
 */
export function parseJson(text: string, uri: string): JsonValue {
  return new Parser(text, uri).document();
}

/**
 * Writes a JSON text as Python's `json.dump(value, file, indent=2)` does: two blanks a level, every item on a line of
 * its own, everything outside printable ASCII as `\uXXXX`, no final newline. Numbers keep their spelling.
 */
export function formatJson(value: JsonValue): string {
  return format(value, '\n');
}

/** A JSON value from ordinary JavaScript: numbers print as JavaScript prints them. */
export function jsonFrom(value: unknown): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return new JsonNumber(String(value));
  if (value instanceof JsonNumber || value instanceof Map) return value as JsonValue;
  if (Array.isArray(value)) return value.map(jsonFrom);
  return new Map(Object.entries(value as object).map(([key, item]) => [key, jsonFrom(item)]));
}

function format(value: JsonValue, newline: string): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quote(value);
  if (value instanceof JsonNumber) return value.text;
  const inner = `${newline}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => format(item, inner)).join(`,${inner}`)}${newline}]`;
  }
  if (value.size === 0) return '{}';
  const items = [...value].map(([key, item]) => `${quote(key)}: ${format(item, inner)}`);
  return `{${inner}${items.join(`,${inner}`)}${newline}}`;
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity/y;
const BLANK = /[ \t\r\n]*/y;
const WORDS = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

class Parser {
  private readonly text: string;
  private readonly uri: string;
  private position = 0;
  private values = 0;

  constructor(text: string, uri: string) {
    this.text = text.startsWith('\ufeff') ? text.slice(1) : text;
    this.uri = uri;
  }

  document(): JsonValue {
    const value = this.value(0);
    this.skipBlanks();
    if (this.position < this.text.length) throw this.error('the end of the file');
    return value;
  }

  private value(depth: number): JsonValue {
    if (depth > MAX_JSON_DEPTH) throw this.error(`at most ${MAX_JSON_DEPTH} levels of brackets`);
    this.values += 1;
    if (this.values > MAX_JSON_VALUES) throw this.error(`at most ${MAX_JSON_VALUES} values`);
    this.skipBlanks();
    const start = this.text[this.position];
    if (start === '{') return this.object(depth);
    if (start === '[') return this.array(depth);
    if (start === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.position)) {
        this.position += word.length;
        return value;
      }
    }
    const number = this.match(NUMBER);
    if (number === undefined) throw this.error('a value');
    return new JsonNumber(number);
  }

  private object(depth: number): JsonObject {
    const result: JsonObject = new Map();
    this.position += 1;
    if (this.take('}')) return result;
    do {
      this.skipBlanks();
      if (this.text[this.position] !== '"') throw this.error('a key in double quotes');
      const key = this.string();
      if (!this.take(':')) throw this.error(`":" after the key "${shortened(key, 60)}"`);
      result.set(key, this.value(depth + 1));
    } while (this.take(','));
    if (!this.take('}')) throw this.error('"," or "}"');
    return result;
  }

  private array(depth: number): JsonValue[] {
    const result: JsonValue[] = [];
    this.position += 1;
    if (this.take(']')) return result;
    do result.push(this.value(depth + 1));
    while (this.take(','));
    if (!this.take(']')) throw this.error('"," or "]"');
    return result;
  }

  private string(): string {
    const start = this.position;
    let end = start + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(this.text.slice(start, end + 1)) as string;
      this.position = end + 1;
      return value;
    } catch {
      throw this.error('a string with its closing quote, legal escapes, and no bare control character');
    }
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private skipBlanks(): void {
    this.match(BLANK);
  }

  private take(character: string): boolean {
    this.skipBlanks();
    if (this.text[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private error(wanted: string): IactError {
    const { line, column } = placeIn(this.text, this.position);
    const found = this.position < this.text.length ? JSON.stringify(this.text[this.position]) : 'the end of the file';
    const place = `line ${line}, column ${column}`;
    return new IactError('bad-data', `"${this.uri}" is not valid JSON: ${place}: found ${found}, needed ${wanted}`, {
      uri: this.uri,
    });
  }
}

function placeIn(text: string, position: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && end < position; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return { line, column: position - start + 1 };
}
