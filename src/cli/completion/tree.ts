import type { Argument, Command, Option } from 'commander';
import { repeated, words } from '../option-values.ts';

/** What can stand at a place of the command line. */
export type Values =
  | { readonly kind: 'files' | 'directories' | 'text' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

export interface CompletedOption {
  /** `-o` and `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** What follows it; `undefined` if nothing does. */
  readonly value: Values | undefined;
  readonly valueName: string;
  readonly repeats: boolean;
}

export interface CompletedArgument {
  readonly name: string;
  readonly values: Values;
  readonly optional: boolean;
  /** Whether more of its kind may follow. */
  readonly repeats: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  readonly arguments: readonly CompletedArgument[];
}

/** The program and its subcommands, as far as a shell needs to know. */
export interface CompletionTree extends CompletedCommand {
  readonly commands: readonly CompletedCommand[];
}

/** Names of values that are files and folders of this machine. */
const FILE_NAMES: ReadonlySet<string> = new Set(['store', 'file', 'runlist', 'a', 'b', 'from', 'source']);
const DIRECTORY_NAMES: ReadonlySet<string> = new Set(['dir', 'directory', 'to', 'destination']);

/** What reads the value of an option that may be given several times. */
const ADD_UP: ReadonlySet<unknown> = new Set([repeated, words]);

export function completionTree(program: Command): CompletionTree {
  return { ...completedCommand(program), commands: program.commands.map(completedCommand) };
}

function completedCommand(command: Command): CompletedCommand {
  return {
    name: command.name(),
    description: command.description(),
    options: command.createHelp().visibleOptions(command).map(completedOption),
    arguments: command.registeredArguments.map(completedArgument),
  };
}

function completedOption(option: Option): CompletedOption {
  const { short, long, description, argChoices, variadic, flags } = option;
  const valueName = (/[<[]([^>\]]+)/.exec(flags)?.[1] ?? '').replace(/\.{3}$/, '');
  return {
    flags: [short, long].filter((flag) => flag != null),
    description,
    value: valueName === '' ? undefined : valuesOf(valueName, argChoices),
    valueName,
    repeats: variadic || ADD_UP.has(option.parseArg),
  };
}

function completedArgument(argument: Argument): CompletedArgument {
  const name = argument.name();
  const { argChoices, required, variadic } = argument;
  return { name, values: valuesOf(name, argChoices), optional: !required, repeats: variadic };
}

function valuesOf(name: string, choices: readonly string[] | undefined): Values {
  if (choices !== undefined) return { kind: 'choices', choices };
  if (FILE_NAMES.has(name)) return { kind: 'files' };
  return { kind: DIRECTORY_NAMES.has(name) ? 'directories' : 'text' };
}
