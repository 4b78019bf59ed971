import { packageVersion, readPackageFile } from '../../ops/index.ts';
import type { ProgramIo } from '../io.ts';
import { type ProgramDefinition, runProgram } from '../program.ts';
import { csiactcopy } from './csiactcopy.ts';
import { csiactdata } from './csiactdata.ts';

/** Names of the commands. */
export type CommandName = 'csiactdata' | 'csiactcopy';

const PROGRAMS: Readonly<Record<CommandName, ProgramDefinition['run']>> = { csiactdata, csiactcopy };

/** Runs a command. Resolves to its exit status. */
export function runCommand(name: CommandName, argv: readonly string[], io: ProgramIo): Promise<number> {
  return runProgram(definitionOf(name), argv, io);
}

/** A command with the files of the package that belong to it: its parameter file, and its page as the help text. */
function definitionOf(name: CommandName): ProgramDefinition {
  return {
    name,
    version: packageVersion(),
    help: readPackageFile(`docs/user/${name}.md`),
    parFile: readPackageFile(`syspfiles/${name}.par`),
    run: PROGRAMS[name],
  };
}
