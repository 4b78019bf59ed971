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

/** How a run list is read. */
export interface RunListOptions {
  readonly mayBeEmpty?: boolean;
}

// What ctools takes for an ID: a Python integer, with sign, leading zeros and single underscores between digits.
const WHOLE_NUMBER = /^[+-]?\d+(?:_\d+)*$/;
// An ID of a store whose OBS_ID column holds text.
const NAME = /^[\p{L}\p{N}_+\-.:/]+$/u;

/**
 * Reads a run list: one observation ID a line, the first word of the line; what follows it is not read.
 * Blank lines and lines that start with `#` (after blanks, too) are passed over.
 *
 * @param options.mayBeEmpty a list without any ID is none of the user's errors.
 * @throws {IactError} `bad-data`, naming the line, for a word that no observation ID can be, and for a list without any.
 */
export function parseRunList(text: string, uri: string, { mayBeEmpty = false }: RunListOptions = {}): RunList {
  const entries: RunListEntry[] = [];
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    const word = line.trim().split(/\s+/)[0] ?? '';
    if (word === '' || word.startsWith('#')) continue;
    if (!NAME.test(word)) throw notAnId(word, index + 1, uri);
    const value = WHOLE_NUMBER.test(word) ? Number(word.replaceAll('_', '')) : undefined;
    entries.push({ text: word, value: Number.isSafeInteger(value) ? value : undefined, line: index + 1 });
  }
  if (entries.length === 0 && !mayBeEmpty) {
    throw new IactError('bad-data', `Run list "${uri}" names no observation. Give one observation ID a line.`, { uri });
  }
  return { uri, entries };
}

/** The error for a word of a run list that is no observation ID of the store it is used with. */
export function notAnId(word: string, line: number, uri: string): IactError {
  const shown = JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}...` : word);
  const message = `Run list "${uri}", line ${line}: ${shown} is no observation ID. Give one whole number a line.`;
  return new IactError('bad-data', message, { uri });
}
