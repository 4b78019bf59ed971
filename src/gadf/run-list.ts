import { IactError } from '../core/index.ts';

/** One line of a run list. */
export interface RunListEntry {
  /** The observation ID as written. */
  readonly text: string;
  /** Its value where it is a whole number that a double holds exactly. */
  readonly value: number | undefined;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** The observations that a user named, in the order of the list. */
export interface RunList {
  readonly uri: string;
  readonly entries: readonly RunListEntry[];
}

/** More are no run list, but some other file: the largest archives have a million observations. */
export const MAX_RUN_LIST_ENTRIES = 5_000_000;

/** How a run list is read. */
export interface RunListOptions {
  readonly mayBeEmpty?: boolean;
}

// What ctools takes for an ID: a Python integer, with sign, leading zeros and single underscores between digits.
const WHOLE_NUMBER = /^[+-]?\d+(?:_\d+)*$/;
// An ID of a store whose OBS_ID column holds text.
const MAX_ID_LENGTH = 1000;
const NAME = /^[\p{L}\p{N}_+\-.:/]+$/u;

/**
 * Reads a run list: one observation ID a line, the first word of the line; what follows it is not read.
 * Blank lines and lines that start with `#` (after blanks, too) are passed over.
 *
 * @param options.mayBeEmpty a list without any ID is none of the user's errors.
 * @throws {IactError} `bad-data`, naming the line, for a word that no observation ID can be, for a list without any, and
 *   for one with more than {@link MAX_RUN_LIST_ENTRIES}.
 */
export function parseRunList(text: string, uri: string, { mayBeEmpty = false }: RunListOptions = {}): RunList {
  const entries: RunListEntry[] = [];
  for (const { word, line } of firstWords(text)) {
    if (word.startsWith('#')) continue;
    if (!isRunListId(word)) throw notAnId(word, line, uri);
    if (entries.length === MAX_RUN_LIST_ENTRIES) {
      const message = `Run list "${uri}" names more than ${MAX_RUN_LIST_ENTRIES} observations. Leave it out to take all.`;
      throw new IactError('bad-data', message, { uri });
    }
    const value = WHOLE_NUMBER.test(word) ? Number(word.replaceAll('_', '')) : undefined;
    entries.push({ text: word, value: Number.isSafeInteger(value) ? value : undefined, line });
  }
  if (entries.length === 0 && !mayBeEmpty) {
    throw new IactError('bad-data', `Run list "${uri}" names no observation. Give one observation ID a line.`, { uri });
  }
  return { uri, entries };
}

/** Whether an observation ID can stand in a run list: one word of letters, digits and `_ + - . : /`. */
export function isRunListId(word: string): boolean {
  return word.length <= MAX_ID_LENGTH && NAME.test(word);
}

/** The first word of each line that has one. Line by line, because the list may be large. */
function* firstWords(text: string): Generator<{ word: string; line: number }, void> {
  const wholeLine = /[^\S\r\n]*(\S*)[^\r\n]*(?:\r\n|\n|\r|$)/y;
  wholeLine.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  for (let line = 1; wholeLine.lastIndex < text.length; line++) {
    const word = wholeLine.exec(text)?.[1] ?? '';
    if (word !== '') yield { word, line };
  }
}

/** The error for a word of a run list that is no observation ID of the store it is used with. */
export function notAnId(word: string, line: number, uri: string): IactError {
  const shown = JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}...` : word);
  const message = `Run list "${uri}", line ${line}: ${shown} is no observation ID. Give one whole number a line.`;
  return new IactError('bad-data', message, { uri });
}
