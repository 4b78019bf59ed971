import type { Command, CommanderError } from 'commander';
import { IactError, nearestNames } from '../core/index.ts';

/** An error of the arguments in our words, with the names that may have been meant. */
export function usageError(error: CommanderError, command: Command): IactError {
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/(?<![.?!])$/, '.');
  const hints = [didYouMean(error, command), `"${fullName(command)} --help" tells more.`];
  return new IactError('usage', [sentence, ...hints].filter((hint) => hint !== '').join(' '));
}

function didYouMean({ code, message }: CommanderError, command: Command): string {
  const typed = /'([^']*)'/.exec(message)?.[1] ?? '';
  if (code === 'commander.unknownCommand') {
    const names = command.commands.map((each) => each.name());
    return suggestion(nearestNames(typed, names));
  }
  if (code !== 'commander.unknownOption') return '';
  const help = command.createHelp();
  const names = help.visibleOptions(command).flatMap(({ long }) => (long == null ? [] : [long.slice(2)]));
  const near = nearestNames(typed.replace(/^-+/, '').replace(/=.*$/, ''), names);
  return suggestion(near.map((name) => `--${name}`));
}

function suggestion(names: readonly string[]): string {
  return names.length === 0 ? '' : `Did you mean ${names.map((name) => `"${name}"`).join(' or ')}?`;
}

/**
 * An empty argument, or value of an option, would be the working directory, or a name of nothing, and mostly comes from a
 * variable of the shell that is not set.
 */
export function refuseEmptyArguments(command: Command): void {
  const empty = emptyArgument(command) ?? emptyOption(command);
  if (empty === undefined) return;
  const hint = `Is a variable of the shell not set? "${fullName(command)} --help" tells more.`;
  throw new IactError('usage', `${empty} is empty. ${hint}`);
}

function emptyArgument({ args, registeredArguments }: Command): string | undefined {
  const position = args.indexOf('');
  if (position < 0) return undefined;
  const names = registeredArguments.map((argument) => argument.name());
  return `Argument '${names[position] ?? names.at(-1) ?? ''}'`;
}

function emptyOption(command: Command): string | undefined {
  const empty = command.options.find((option) => [command.getOptionValue(option.attributeName())].flat().includes(''));
  return empty && `Option '${empty.flags}'`;
}

/** `iact find` */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}
