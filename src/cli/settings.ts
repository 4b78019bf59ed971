import { type Command, Option } from 'commander';
import picocolors from 'picocolors';
import { IactError } from '../core/index.ts';
import type { CliIo, CliStream } from './io.ts';

/** When text is coloured. */
const COLOR_CHOICES = ['auto', 'always', 'never'] as const;

/** What the options of all commands say. */
export interface Settings {
  /** JSON lines on standard output instead of text. */
  readonly json: boolean;
  /** No progress, notes and remarks. */
  readonly quiet: boolean;
  /** Every file, and the causes of errors. */
  readonly verbose: boolean;
  readonly color: (typeof COLOR_CHOICES)[number];
}

/** Functions that colour text, or leave it alone. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** The heading of these options in the help. */
const GROUP = 'Options of all commands:';

/** Adds the options that all commands share; they may stand before the subcommand as well as behind it. */
export function addCommonOptions(command: Command): Command {
  const options = [
    new Option('--json', 'JSON lines on standard output (docs/reference/json.md)'),
    new Option('-q, --quiet', 'no progress, notes and remarks'),
    new Option('-v, --verbose', 'every file, and the causes of errors'),
    new Option('--color <when>', 'colours: on a terminal, always or never').choices(COLOR_CHOICES).default('auto'),
  ];
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/**
 * The settings of a command, from its own options and those before it; its own count more.
 *
 * @throws {IactError} `usage` for `--quiet` with `--verbose`, or `--json` with a `--format`.
 */
export function settingsOf(command: Command): Settings {
  const given = (name: keyof Settings): unknown => {
    for (let each: Command | null = command; each !== null; each = each.parent) {
      if (each.getOptionValueSource(name) === 'cli') return each.getOptionValue(name);
    }
    return undefined;
  };
  const settings = {
    json: given('json') === true,
    quiet: given('quiet') === true,
    verbose: given('verbose') === true,
    color: (given('color') ?? 'auto') as Settings['color'],
  };
  if (settings.quiet && settings.verbose) throw new IactError('usage', '--quiet and --verbose exclude each other.');
  if (settings.json && command.getOptionValueSource('format') === 'cli') {
    throw new IactError('usage', '--json and --format exclude each other: --json has a form of its own.');
  }
  return settings;
}

/**
 * Whether arguments ask for JSON, also where they cannot be parsed. Errors go where the reader is.
 */
export function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}

/**
 * The colours of a stream: `--color` decides; else `NO_COLOR` (https://no-color.org) and `FORCE_COLOR`, if they are not
 * empty; else whether it is a terminal that knows colours.
 */
export function colorsOf(stream: CliStream, { env = {} }: Pick<CliIo, 'env'>, color: Settings['color']): Colors {
  return picocolors.createColors(color === 'auto' ? wantsColor(stream, env) : color === 'always');
}

function wantsColor(stream: CliStream, env: NonNullable<CliIo['env']>): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
