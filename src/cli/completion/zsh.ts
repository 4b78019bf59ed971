import type { CompletedArgument, CompletedCommand, CompletedOption, CompletionTree, Values } from './tree.ts';

/**
 * A completion script for zsh: a file `_iact` in a folder of `$fpath`, or `source <(iact completion zsh)`.
 *
 * @see zshcompsys(1), _arguments
 */
export function zshCompletion(tree: CompletionTree): string {
  const { name, commands } = tree;
  return `#compdef ${name}
# zsh completion for ${name}: source <(${name} completion zsh)

_${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -s -S -C \\
${[...tree.options.map(optionSpec), quote('1:command:->command'), quote('*::arguments:->arguments')].map((spec) => `    ${spec}`).join(' \\\n')}
  case $state in
    command)
      local -a commands
      commands=(
${commands.map((each) => `        ${quote(`${each.name}:${escapeColons(each.description)}`)}`).join('\n')}
      )
      _describe -t commands command commands
      ;;
    arguments)
      case $line[1] in
${commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}

if [ "$funcstack[1]" = "_${name}" ]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function commandCase({ name, options, arguments: args }: CompletedCommand): string {
  const specs = [...options.map(optionSpec), ...args.map(argumentSpec)];
  return `        ${name})
          _arguments -s -S \\
${specs.map((spec) => `            ${spec}`).join(' \\\n')}
          ;;`;
}

function optionSpec({ flags, description, value, valueName, repeats }: CompletedOption): string {
  const exclusive = repeats ? '*' : `(${flags.join(' ')})`;
  const text = `[${description.replace(/[[\]\\:]/g, '\\$&')}]`;
  const follows = value === undefined ? '' : `:${escapeColons(valueName)}:${actionOf(value)}`;
  const specs = flags.map((flag) => {
    const isLong = flag.startsWith('--') && value !== undefined;
    return quote(`${exclusive}${flag}${isLong ? '=' : ''}${text}${follows}`);
  });
  return specs.join(' ');
}

function argumentSpec({ name, values, optional, repeats }: CompletedArgument): string {
  const place = repeats ? '*:' : optional ? '::' : ':';
  return quote(`${place}${escapeColons(name)}:${actionOf(values)}`);
}

function actionOf(values: Values): string {
  if (values.kind === 'choices') return `(${values.choices.join(' ')})`;
  if (values.kind === 'files') return '_files';
  return values.kind === 'directories' ? '_files -/' : ' ';
}

function escapeColons(text: string): string {
  return text.replace(/[\\:]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
