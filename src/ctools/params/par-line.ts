/** One comma-separated field: where its raw text stands in the line, and what it means. */
export interface ParField {
  /** Offset of the first character after the comma before it. */
  start: number;
  /** Offset of the comma behind it, or the length of the line. */
  end: number;
  text: string;
}

/**
 * Splits a line at the commas outside quotes.
 * @returns undefined when a quote is left open.
 */
export function splitFields(line: string): ParField[] | undefined {
  const fields: ParField[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at <= line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    if (at < line.length && (quoted || line[at] !== ',')) continue;
    fields.push({ start, end: at, text: unquoted(line.slice(start, at)) });
    start = at + 1;
  }
  return quoted ? undefined : fields;
}

/** Whether a line holds no parameter: blank, or a comment. */
export function isComment(line: string): boolean {
  const text = trimBlanks(line);
  return text === '' || text.startsWith('#');
}

/**
 * Writes a value so that a line holding it is read back with the same value.
 *
 * The plainest form that does so is taken: bare, in quotes, or in quotes with every quote inside doubled. Other readers of
 * these files do not know doubling, but it leaves their count of quotes and commas right: they read the line, and show the
 * value with the doubled quotes.
 * @returns undefined for a value with a line break, which no line can hold.
 */
export function encodeValue(value: string): string | undefined {
  if (value.includes('\n')) return undefined;
  const plain = [value, `"${value}"`].find((form) => readsBack(form, value));
  return plain ?? `"${value.replaceAll('"', '""')}"`;
}

function readsBack(form: string, value: string): boolean {
  const field = splitFields(`,${form},`);
  return field?.length === 3 && field[1]?.text === value;
}

/** What a raw field means: blanks around it and quotes around that do not count, doubled quotes inside quotes are one. */
function unquoted(raw: string): string {
  const text = trimBlanks(raw);
  return /^"(?:[^"]|"")*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : quotesStripped(text);
}

/** Takes any number of quotes off both ends. */
function quotesStripped(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === '"') start++;
  while (end > start && text[end - 1] === '"') end--;
  return text.slice(start, end);
}

/** Blanks, and the tabs and carriage returns that editors leave. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r';
}
