import { Command, CommanderError } from 'commander';
import { EXIT_STATUS, IactError, messageOf } from '../core/index.ts';
import { packageVersion } from '../ops/index.ts';
import { findCommand } from './find.ts';
import { initCommand } from './init.ts';
import type { CliIo } from './io.ts';
import { showCommand } from './show.ts';
import { simulateCommand } from './simulate.ts';

/**
 * Runs the `iact` command.
 *
 * @returns the exit status; see `docs/reference/exit-status.md`.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const program = new Command('iact')
    .description('Make and manage stores of gamma-ray data (IACT, GADF format).')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .showHelpAfterError('Run "iact --help" for the commands and their options.');
  for (const command of [initCommand(io), simulateCommand(io), findCommand(io), showCommand(io)]) {
    program.addCommand(command.exitOverride().copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_STATUS.usage;
    io.stderr.write(`iact: error: ${messageOf(error)}\n`);
    if (error instanceof IactError) return EXIT_STATUS[error.code];
    io.stderr.write(
      `${error instanceof Error ? (error.stack ?? '') : ''}\nThis is a fault of iactools itself; please report it.\n`,
    );
    return 1;
  }
}
