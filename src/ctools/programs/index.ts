import { packageVersion, readPackageFile } from '../../ops/index.ts';
import type { ProgramIo } from '../io.ts';
import { type ProgramDefinition, runProgram } from '../program.ts';
import { csfindobs as csfindobsProgram } from './csfindobs.ts';
import { csiactcopy as csiactcopyProgram } from './csiactcopy.ts';
import { csiactdata as csiactdataProgram } from './csiactdata.ts';
import { csiactobs as csiactobsProgram } from './csiactobs.ts';

/** A command: its arguments, and the world it works in. Resolves to its exit status. */
export type Command = (argv: readonly string[], io: ProgramIo) => Promise<number>;

// One name each, so that the bundle of a command holds no other.
export const csiactdata: Command = (argv, io) => run('csiactdata', csiactdataProgram, argv, io);
export const csiactcopy: Command = (argv, io) => run('csiactcopy', csiactcopyProgram, argv, io);
export const csfindobs: Command = (argv, io) => run('csfindobs', csfindobsProgram, argv, io);
export const csiactobs: Command = (argv, io) => run('csiactobs', csiactobsProgram, argv, io);

/** Runs a program with the files of the package that belong to it: its parameter file, and its page as the help text. */
function run(name: string, program: ProgramDefinition['run'], argv: readonly string[], io: ProgramIo): Promise<number> {
  const definition: ProgramDefinition = {
    name,
    version: packageVersion(),
    get help() {
      return readPackageFile(`docs/user/${name}.md`);
    },
    parFile: readPackageFile(`syspfiles/${name}.par`),
    run: program,
  };
  return runProgram(definition, argv, io);
}
