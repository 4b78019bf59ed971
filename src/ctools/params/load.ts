import { IactError, withoutSecrets } from '../../core/index.ts';
import { isLegalMode, LEGAL_MODES, type Mode, resolvedMode } from './mode.ts';
import { isLearnedIn, type ParameterDefinition, type ParFile } from './par-file.ts';
import { encodeValue } from './par-line.ts';
import { storedText, valueFault } from './value.ts';

/** A parameter at work. */
export interface LoadedParameter {
  readonly definition: ParameterDefinition;
  /** With `a` resolved, and without `q` when the command line gave the value. */
  mode: Mode;
  /** The value as it was given. */
  text: string;
  asked: boolean;
  /** The value that the user's copy holds, or would hold if this program had only been started. */
  readonly keptText: string;
}

export interface LoadRequest {
  /** The packaged file: order, types, modes, bounds and prompts are always its own. */
  system: ParFile;
  /** The user's copy, whose learned values are the defaults. */
  user?: ParFile | undefined;
  /** The command line, each `name=value`. */
  args: readonly string[];
  /** Told about a learned value that is not taken over. */
  warn(message: string): void;
}

/**
 * Puts the parameters of a run together: packaged defaults, over them what the user's copy has learned, over that the
 * command line; modes are resolved last, so that `mode=h` among the arguments counts.
 * @throws IactError `usage` for a bad argument, `bad-data` for a bad value in the packaged file.
 */
export function loadParameters({ system, user, args, warn }: LoadRequest): LoadedParameter[] {
  const parameters = system.entries.map(({ definition }) => mergedParameter(definition, user, warn));
  const given = applyArguments(parameters, args);
  const automatic = parameters.find(({ definition }) => definition.name === 'mode')?.text ?? 'h';
  for (const parameter of parameters) {
    const mode = resolvedMode(parameter.definition.mode, automatic);
    parameter.mode = given.has(parameter) ? silencedMode(mode) : mode;
  }
  return parameters;
}

/**
 * The values to write into the user's copy: those of learned parameters. What is learned as a rule but not in this run
 * (`mode=h` on the command line), and what no parameter file can hold, keeps the value that was learned before.
 * @param warn told about a value that cannot be held.
 */
export function valuesToSave(
  system: ParFile,
  parameters: readonly LoadedParameter[],
  warn: (message: string) => void,
): Map<string, string> {
  const values = new Map<string, string>();
  for (const { definition, mode, text, keptText } of parameters) {
    const holds = encodeValue(text) !== undefined;
    const learned = mode.includes('l');
    if (learned && !holds) {
      warn(`The value of parameter "${definition.name}" is not kept: a parameter file cannot hold a line break.`);
    }
    if (learned || isLearnedIn(system, definition)) {
      values.set(definition.name, withoutSecrets(learned && holds ? text : keptText));
    }
  }
  return values;
}

function mergedParameter(
  definition: ParameterDefinition,
  user: ParFile | undefined,
  warn: (message: string) => void,
): LoadedParameter {
  const fault = valueFault(definition, definition.text);
  if (fault !== undefined) throw new IactError('bad-data', fault);
  const learned = user && learnedText(definition, user);
  const learnedFault = learned === undefined ? undefined : valueFault(definition, learned);
  if (learnedFault !== undefined) {
    warn(`A learned value is not used. ${learnedFault} The default is "${definition.text}".`);
  }
  const text = learned === undefined || learnedFault !== undefined ? definition.text : learned;
  return { definition, mode: 'h', text, asked: false, keptText: text };
}

/** The value of the parameter of the same name and type in the user's copy, if the copy itself says it is learned. */
function learnedText({ name, type }: ParameterDefinition, user: ParFile): string | undefined {
  const entry = user.entries.find(({ definition }) => definition.name === name && definition.type === type);
  return entry && isLearnedIn(user, entry.definition) ? entry.definition.text : undefined;
}

/** @returns the parameters that the arguments gave a value; of two arguments for one parameter the last wins. */
function applyArguments(parameters: readonly LoadedParameter[], args: readonly string[]): Set<LoadedParameter> {
  const given = new Set<LoadedParameter>();
  for (const arg of args) {
    const [name, text] = splitArgument(arg);
    const parameter = parameters.find(({ definition }) => definition.name === name);
    if (parameter === undefined) {
      const names = parameters.map(({ definition }) => definition.name).join(', ');
      throw new IactError('usage', `There is no parameter "${name}". There are: ${names}.`);
    }
    const fault = valueFault(parameter.definition, text) ?? modeFault(name, text);
    if (fault !== undefined) throw new IactError('usage', fault);
    parameter.text = storedText(parameter.definition, text);
    given.add(parameter);
  }
  return given;
}

/** Blanks around the whole argument do not count, those around the `=` do. */
function splitArgument(arg: string): [name: string, text: string] {
  const trimmed = arg.replace(/^ +| +$/g, '');
  const equals = trimmed.indexOf('=');
  if (equals < 1) {
    throw new IactError('usage', `Argument "${arg}" is not of the form name=value. Try --help.`);
  }
  return [trimmed.slice(0, equals), trimmed.slice(equals + 1)];
}

function modeFault(name: string, text: string): string | undefined {
  if (name !== 'mode' || isLegalMode(text)) return undefined;
  return `Parameter "mode" cannot be "${text}": it must be one of ${LEGAL_MODES.join('|')}.`;
}

function silencedMode(mode: Mode): Mode {
  if (mode === 'q') return 'h';
  if (mode === 'ql') return 'hl';
  return mode === 'lq' ? 'lh' : mode;
}
