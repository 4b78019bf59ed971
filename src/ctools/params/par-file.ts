import { IactError } from '../../core/index.ts';
import { isLegalMode, isParameterMode, LEGAL_MODES, type ParameterMode, resolvedMode } from './mode.ts';
import { encodeValue, isComment, splitFields } from './par-line.ts';
import { boundsFault, isParameterType, type ParameterType } from './value.ts';

/** What a parameter file says about one parameter. */
export interface ParameterDefinition {
  readonly name: string;
  readonly type: ParameterType;
  readonly mode: ParameterMode;
  /** The value field, unquoted. */
  readonly text: string;
  /** Least value, or the `|`-separated options; empty for none. */
  readonly minimum: string;
  /** Largest value; empty for none. */
  readonly maximum: string;
  readonly prompt: string;
}

/** A parameter and the place of its raw value field in the file. */
interface ParEntry {
  readonly definition: ParameterDefinition;
  readonly lineIndex: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A parameter file in memory, comments and all. */
export interface ParFile {
  readonly lines: readonly string[];
  /** In the order of the file; names are unique. */
  readonly entries: readonly ParEntry[];
}

const FIELD_COUNT = 7;

/**
 * Parses a parameter file: each line that is neither blank nor a comment holds
 * `name, type, mode, value, minimum-or-options, maximum, prompt`.
 *
 * Values are not checked against their type here, only the file's own form is.
 * @param uri names the file in messages.
 * @throws IactError `bad-data`, naming the line and what is wrong with it.
 */
export function parseParFile(text: string, uri: string): ParFile {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const entries: ParEntry[] = [];
  const names = new Set<string>();
  lines.forEach((line, lineIndex) => {
    if (isComment(line)) return;
    const entry = parseEntry(line, lineIndex, names);
    if (typeof entry === 'string') {
      throw new IactError('bad-data', `Parameter file "${uri}", line ${lineIndex + 1}: ${entry}`, { uri });
    }
    names.add(entry.definition.name);
    entries.push(entry);
  });
  return { lines, entries };
}

/** @returns a text that says what is wrong when the line holds no parameter. */
function parseEntry(line: string, lineIndex: number, names: ReadonlySet<string>): ParEntry | string {
  const fields = splitFields(line);
  if (fields === undefined) return 'a quote is not closed';
  const value = fields[3];
  if (fields.length !== FIELD_COUNT || value === undefined) {
    return `${fields.length} fields found, ${FIELD_COUNT} needed`;
  }
  const [name, type, mode, text, minimum, maximum, prompt] = fields.map((field) => field.text) as SevenTexts;
  if (name === '') return 'the parameter has no name';
  if (names.has(name)) return `the parameter "${name}" was defined before`;
  if (!isParameterType(type)) return `"${type}" is not a parameter type`;
  if (!isParameterMode(mode)) return `"${mode}" is not a parameter mode`;
  if (name === 'mode' && !isLegalMode(text)) return `mode is "${text}", and must be one of ${LEGAL_MODES.join('|')}`;
  const definition = { name, type, mode, text, minimum, maximum, prompt };
  return boundsFault(definition) ?? { definition, lineIndex, valueStart: value.start, valueEnd: value.end };
}

type SevenTexts = [string, string, string, string, string, string, string];

/** What automatic modes (`a`) mean in this file: the value of its parameter `mode`, or `h` without one. */
function automaticMode(file: ParFile): string {
  return file.entries.find(({ definition }) => definition.name === 'mode')?.definition.text ?? 'h';
}

/** Whether a parameter's value outlives the run, as far as the file itself says. */
export function isLearnedIn(file: ParFile, definition: ParameterDefinition): boolean {
  return resolvedMode(definition.mode, automaticMode(file)).includes('l');
}

/**
 * The text of a parameter file with the given values in place of its own; everything else stays as it is. A value that no
 * line can hold leaves the file's own in place.
 */
export function renderParFile(file: ParFile, values: ReadonlyMap<string, string>): string {
  const lines = [...file.lines];
  for (const { definition, lineIndex, valueStart, valueEnd } of file.entries) {
    const line = lines[lineIndex];
    const value = values.get(definition.name);
    const encoded = value === undefined ? undefined : encodeValue(value);
    if (line === undefined || encoded === undefined) continue;
    lines[lineIndex] = `${line.slice(0, valueStart)}${encoded}${line.slice(valueEnd)}`;
  }
  return lines.join('\n');
}
