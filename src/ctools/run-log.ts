import { resolve } from 'node:path';
import { IactError } from '../core/index.ts';
import type { ProgramIo } from './io.ts';
import { Log, openLogFile, outputSink, type ShownParameter } from './log/index.ts';
import type { TextOutput } from './output.ts';
import { booleanOf, expandPath, integerOf, isUndefined, type LoadedParameter } from './params/index.ts';

export interface RunLogOptions {
  program: string;
  version: string;
  io: ProgramIo;
  /** Where `debug=yes` repeats the log. */
  output: TextOutput;
  shown(): readonly ShownParameter[];
  warn(message: string): void;
}

/** What the standard parameters say about the log. */
export interface LogSettings {
  chatter: number;
  debug: boolean;
  /** Undefined: no log is wanted. */
  path: string | undefined;
}

/**
 * Reads `chatter`, `debug` and `logfile`. Nothing is asked: the log stands before the first question.
 * @throws IactError `usage` for an undefined chatter, `bad-data` when the parameter file lacks one of the three.
 */
export function readLogSettings(parameters: readonly LoadedParameter[], io: ProgramIo): LogSettings {
  const { text: chatterText } = standardParameter(parameters, 'chatter');
  const chatter = integerOf(chatterText);
  if (chatter === undefined) {
    throw new IactError('usage', `Parameter "chatter" is undefined ("${chatterText}"): give it a value.`);
  }
  const logfile = standardParameter(parameters, 'logfile');
  const wanted = !isUndefined(logfile.definition, logfile.text);
  return {
    chatter,
    debug: booleanOf(standardParameter(parameters, 'debug').text) ?? false,
    path: wanted ? expandPath(logfile.text, io) : undefined,
  };
}

/**
 * Opens the log: in the file, and with `debug` on standard output too. Without a wanted file the output shows the lines
 * without header block and trailer.
 */
export function openRunLog({ chatter, debug, path }: LogSettings, options: RunLogOptions): Log {
  const { program, version, io, output, shown, warn } = options;
  const file = path === undefined ? undefined : openLogFile(resolve(io.cwd, path), path, warn);
  const echo = debug ? outputSink(output) : undefined;
  return new Log({
    program,
    version,
    chatter,
    framed: path !== undefined,
    sinks: [file, echo].filter((sink) => sink !== undefined),
    parameters: shown,
    now: () => io.now(),
    cpuSeconds: () => io.cpuSeconds(),
  });
}

function standardParameter(parameters: readonly LoadedParameter[], name: string): LoadedParameter {
  const found = parameters.find(({ definition }) => definition.name === name);
  if (found === undefined) throw new IactError('bad-data', `The packaged parameter file has no parameter "${name}".`);
  return found;
}
