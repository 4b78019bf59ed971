import { asSentence, IactError, messageOf, printableLines, redactUrls } from '../core/index.ts';
import { type Access, askAtTerminal } from '../ops/index.ts';
import type { ProgramIo } from './io.ts';
import { ALWAYS, type Log, TERSE } from './log/index.ts';
import { type TextOutput, toleratingOutput } from './output.ts';
import { expandPath, openParameters, type ParameterSession, Parameters } from './params/index.ts';
import { openPrompter, pathCompleter } from './prompt/index.ts';
import { type LogSettings, openRunLog, readLogSettings } from './run-log.ts';

/** A program with the ctools parameter interface. */
export interface ProgramDefinition {
  /** Name of the command, of its parameter file (`<name>.par`) and in its log. */
  readonly name: string;
  /** Version of the package. */
  readonly version: string;
  /** Text of `--help`, printed as it is. */
  readonly help: string;
  /**
   * Text of the packaged parameter file: order, types, modes, prompts and first defaults. It has the standard parameters
   * chatter, clobber, debug, mode and logfile.
   */
  readonly parFile: string;
  /**
   * The work. Whatever it throws ends the program with one line on standard error and one in the log; an error after
   * `signal` was aborted counts as the end the user asked for.
   */
  run(context: ProgramContext): Promise<void>;
}

/** What a program has to work with. */
export interface ProgramContext {
  readonly params: Parameters;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names from the user are relative to this absolute path. */
  readonly cwd: string;
  /** Aborted when the program is asked to stop. */
  readonly signal: AbortSignal;
  /** How stores are reached. */
  readonly access: Access;
  /** Has something done when the program ends, however it does: connections are closed. */
  atEnd(action: () => Promise<void>): void;
  /** Expands `$NAME`, `~` and their like in a text that is not a file-name parameter (`datapath`, `outpath`). */
  expand(text: string): string;
  /** One line on standard error and in the log, and the program goes on. */
  warn(message: string): void;
}

const FAILED = 1;
const INTERRUPTED = 130;

/**
 * Runs a program: parameters, log, work, trailer, learned values.
 *
 * Learned values are kept also after an error of the work and after an interruption, not after a bad command line, which
 * leaves no log either.
 * @param argv the arguments behind the name of the program.
 * @returns the exit status: 0, 1 after an error, 130 after an interruption. Never throws.
 */
export async function runProgram(
  definition: ProgramDefinition,
  argv: readonly string[],
  io: ProgramIo,
): Promise<number> {
  const output = toleratingOutput(io.stdout);
  const errors = toleratingOutput(io.stderr);
  if (argv.includes('--help')) {
    output.write(definition.help);
    return 0;
  }
  if (argv.includes('--version')) {
    output.write(`${definition.name} ${definition.version} (iactools)\n`);
    return 0;
  }
  const say = (kind: string, message: string): void =>
    errors.write(`${definition.name}: ${kind}: ${redactUrls(printableLines(oneLine(message)))}\n`);
  const started = await start(definition, argv, io, (message) => say('warning', message));
  if (started instanceof Error) {
    say('error', started.message);
    return FAILED;
  }
  return finish({ definition, io, output, errors, say, ...started });
}

interface Started {
  session: ParameterSession;
  settings: LogSettings;
}

/** Everything that can go wrong before there is a log. */
async function start(
  { name, parFile }: ProgramDefinition,
  args: readonly string[],
  io: ProgramIo,
  warn: (message: string) => void,
): Promise<Started | Error> {
  try {
    const session = await openParameters({ program: name, parFile, args, place: io, warn });
    return { session, settings: readLogSettings(session.parameters, io) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

interface Running extends Started {
  definition: ProgramDefinition;
  io: ProgramIo;
  output: TextOutput;
  errors: TextOutput;
  /** One line on standard error; of a message about an expression, its three. */
  say(kind: string, message: string): void;
}

/** Opens the log, works, and leaves everything in order. */
async function finish(running: Running): Promise<number> {
  const { definition, io, output, say, session, settings } = running;
  const expand = (text: string): string => expandPath(text, io);
  const params = new Parameters(session.parameters, {
    prompter: openPrompter(io, output, pathCompleter(io.cwd, expand)),
    expansion: io,
    interactive: io.interactive,
    complain: (message) => say('error', message),
  });
  const log = openRunLog(settings, {
    program: definition.name,
    version: definition.version,
    io,
    output,
    shown: () => params.shown(),
    warn: (message) => say('warning', message),
  });
  const warn = (message: string): void => {
    say('warning', message);
    log.line(TERSE, `WARNING: ${oneLine(message)}`);
  };
  let status = 0;
  const endings: (() => Promise<void>)[] = [];
  try {
    const { env, cwd, signal, interactive } = io;
    const access = { env, signal, ask: interactive ? askAtTerminal : undefined };
    await definition.run({
      params,
      log,
      env,
      cwd,
      signal,
      access,
      atEnd: (action) => void endings.push(action),
      expand,
      warn,
    });
  } catch (error) {
    status = report(error, running, log);
  }
  for (const end of endings) await end();
  await session.save();
  log.close();
  return status;
}

/** Tells the user and the log what ended the program. */
function report(error: unknown, { io, settings, errors, say }: Running, log: Log): number {
  const cancelled = error instanceof IactError && error.code === 'cancelled';
  const stopped = io.signal.aborted || cancelled;
  // Whoever was cancelled knows best how to go on; anything else after the signal is a consequence of it.
  const message = asSentence(messageOf(io.signal.aborted && !cancelled ? io.signal.reason : error));
  say('error', message);
  log.line(ALWAYS, `ERROR: ${oneLine(message)}`);
  if (settings.debug && !stopped) errors.write(`${stackOf(error)}\n`);
  return stopped ? INTERRUPTED : FAILED;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}

/** Of an expression a message shows the place below it: there the lines matter. */
function oneLine(message: string): string {
  return /\n *\^+$/.test(message) ? message : message.replace(/\s*\n\s*/g, ' ');
}
