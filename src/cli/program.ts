import { Command } from 'commander';
import { packageVersion } from '../ops/index.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { copyCommand, pushCommand } from './copy.ts';
import { diffCommand } from './diff.ts';
import { findCommand } from './find.ts';
import { indexCommand } from './index-command.ts';
import { initCommand } from './init.ts';
import { lsCommand } from './ls.ts';
import { mergeCommand } from './merge.ts';
import type { SessionHost } from './session.ts';
import { addCommonOptions } from './settings.ts';
import { showCommand } from './show.ts';
import { simulateCommand } from './simulate.ts';
import { verifyCommand } from './verify.ts';

type MakeCommand = (host: SessionHost) => Command;

/** The subcommands under the headings that the help has them under, in this order. */
const COMMANDS: Readonly<Record<string, readonly MakeCommand[]>> = {
  'Look:': [lsCommand, findCommand, showCommand, diffCommand, checkCommand],
  'Copy:': [copyCommand, pushCommand, verifyCommand],
  'Make:': [initCommand, indexCommand, mergeCommand, simulateCommand],
  'Shell:': [completionCommand],
};

/** The `iact` command with all its subcommands. */
export function makeProgram(host: SessionHost): Command {
  const program = new Command('iact')
    .description('Look at, check, copy, verify, compare and make stores of gamma-ray data (IACT, GADF format).')
    .usage('<command> [options]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help; after a command, that of the command')
    .helpCommand(false)
    .showSuggestionAfterError(false)
    // Else the value of an option could be taken for one of the options of all commands: `--sort -quality`.
    .enablePositionalOptions();
  addCommonOptions(program);
  for (const [heading, makers] of Object.entries(COMMANDS)) {
    for (const make of makers) {
      const command = make(host);
      addCommonOptions(command.helpOption('-h, --help', 'print this help').helpGroup(heading));
      program.addCommand(command.showSuggestionAfterError(false));
    }
  }
  return program;
}
