import { type Command, CommanderError } from 'commander';
import { EXIT_STATUS, IactError } from '../core/index.ts';
import type { CliIo } from './io.ts';
import { makeProgram } from './program.ts';
import { SessionHost } from './session.ts';
import { asksForJson } from './settings.ts';
import { stopped } from './stopped.ts';
import { usageError } from './usage-error.ts';

/**
 * Runs the `iact` command.
 *
 * @returns the exit status; see `docs/reference/exit-status.md`.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const host = new SessionHost(io);
  const isJson = asksForJson(argv);
  if (isJson) host.speakJson();
  const program = makeProgram(host);
  for (const command of [program, ...program.commands]) {
    command
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => {
          if (!isJson) io.stderr.write(text);
        },
        outputError: () => undefined,
      })
      .exitOverride((error) => {
        throw isError(error) ? usageError(error, command) : isJson ? withoutCommand(error) : error;
      });
  }
  return run(program, argv, host);
}

async function run(program: Command, argv: readonly string[], host: SessionHost): Promise<number> {
  try {
    await program.parseAsync(withoutHelpCommand(argv, program), { from: 'user' });
    return host.exitStatus;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_STATUS.usage;
    const error = host.wasInterrupted ? stopped(thrown) : thrown;
    host.reporter.fail(error);
    return error instanceof IactError ? EXIT_STATUS[error.code] : 1;
  }
}

/** `help ls` is what some programs call `ls --help`. */
function withoutHelpCommand(argv: readonly string[], { commands }: Command): string[] {
  const [first, ...rest] = argv;
  if (first !== 'help') return [...argv];
  const isKnown = rest[0] === undefined || commands.some((command) => command.name() === rest[0]);
  return isKnown ? [...rest, '--help'] : rest;
}

/** Whether the arguments are wrong: help and version, which were asked for or printed instead, end that way, too. */
function isError({ exitCode, code }: CommanderError): boolean {
  return exitCode !== 0 && code !== 'commander.help';
}

/** A program is told in its own form what a person reads from the help that comes in place of a command. */
function withoutCommand(error: CommanderError): CommanderError | IactError {
  if (error.exitCode === 0) return error;
  return new IactError('usage', 'Which command? "iact --help" lists them.');
}
