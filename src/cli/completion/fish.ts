import type { CompletedCommand, CompletedOption, CompletionTree, Values } from './tree.ts';

/**
 * A completion script for fish: a file `iact.fish` in `~/.config/fish/completions`, or `iact completion fish | source`.
 *
 * @see fish complete(1)
 */
export function fishCompletion(tree: CompletionTree): string {
  const { name, commands } = tree;
  const none = '__fish_use_subcommand';
  const lines = [
    `# fish completion for ${name}: ${name} completion fish | source`,
    `complete -c ${name} -f`,
    ...commands.map((each) => `complete -c ${name} -n ${none} -a ${each.name} -d ${quote(each.description)}`),
    ...tree.options.map((option) => optionLine(name, none, option)),
    ...commands.flatMap((command) => commandLines(name, command)),
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(program: string, { name, options, arguments: args }: CompletedCommand): string[] {
  const condition = quote(`__fish_seen_subcommand_from ${name}`);
  // fish does not count the arguments that are there: every kind of value is offered.
  const values = new Set(args.map((each) => valueFlags(each.values)).filter((flags) => flags !== ''));
  return [
    ...[...values].map((flags) => `complete -c ${program} -n ${condition} ${flags}`),
    ...options.map((option) => optionLine(program, condition, option)),
  ];
}

function optionLine(program: string, condition: string, { flags, description, value }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  // -x: files are no value of it.
  const kind = value?.kind === 'files' ? '-r' : '-x';
  const follows = value === undefined ? '' : ` ${`${kind} ${valueFlags(value)}`.trimEnd()}`;
  return `complete -c ${program} -n ${condition} ${names.join(' ')}${follows} -d ${quote(description)}`;
}

function valueFlags(values: Values): string {
  switch (values.kind) {
    case 'choices':
      return `-a ${quote(values.choices.join(' '))}`;
    case 'files':
      return '-F';
    case 'directories':
      return "-a '(__fish_complete_directories)'";
    case 'text':
      return '';
  }
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
