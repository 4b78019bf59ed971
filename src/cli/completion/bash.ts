import type { CompletedCommand, CompletionTree, Values } from './tree.ts';

/**
 * A completion script for bash 3.2 and newer; bash-completion need not be installed.
 *
 * `--option=value` comes as three words, because `=` divides words in `COMP_WORDBREAKS`.
 */
export function bashCompletion(tree: CompletionTree): string {
  const { name, commands } = tree;
  return `# bash completion for ${name}: source <(${name} completion bash)
_${name}_values() {
  case $1 in
    files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
    directories) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$2")) ;;
    text) COMPREPLY=() ;;
    *) COMPREPLY=($(compgen -W "$1" -- "$2")) ;;
  esac
}

_${name}() {
  local IFS=$' \\t\\n'
  local word=\${COMP_WORDS[COMP_CWORD]} command='' option='' position=0 i each values
  COMPREPLY=()
  if [ "$word" = '=' ]; then word=''; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    each=\${COMP_WORDS[i]}
    if [ "$each" = '=' ]; then continue; fi
    if [ -n "$option" ]; then option=''; continue; fi
    case $each in
      -*) if [ "$(_${name}_option "$command" "$each")" != none ]; then option=$each; fi ;;
      *) if [ -z "$command" ]; then command=$each; else position=$((position + 1)); fi ;;
    esac
  done
  IFS=$'\\n'
  if [ -n "$option" ]; then
    values=$(_${name}_option "$command" "$option")
    _${name}_values "\${values// /$'\\n'}" "$word"
    return
  fi
  case $word in
    -*) _${name}_values "$(_${name}_options "$command" | tr ' ' '\\n')" "$word" ;;
    *)
      if [ -z "$command" ]; then
        _${name}_values ${quote(commands.map((each) => each.name).join('\n'))} "$word"
      else
        values=$(_${name}_argument "$command" "$position")
        _${name}_values "\${values// /$'\\n'}" "$word"
      fi
      ;;
  esac
}

# What follows an option: files, directories, text, the choices, or none.
_${name}_option() {
  case "$1 $2" in
${[tree, ...commands].flatMap((command) => optionCases(command, command === tree ? '' : command.name)).join('\n')}
    *) echo none ;;
  esac
}

_${name}_options() {
  case $1 in
${[tree, ...commands].map((command) => `    ${quote(command === tree ? '' : command.name)}) echo ${quote(flagsOf(command))} ;;`).join('\n')}
  esac
}

_${name}_argument() {
  case "$1 $2" in
${commands.flatMap(argumentCases).join('\n')}
    *) echo text ;;
  esac
}

complete -F _${name} ${name}
`;
}

function optionCases({ options }: CompletedCommand, name: string): string[] {
  return options.flatMap(({ flags, value }) =>
    value === undefined
      ? []
      : [`    ${flags.map((flag) => quote(`${name} ${flag}`)).join(' | ')}) echo ${quote(wordsOf(value))} ;;`],
  );
}

function argumentCases({ name, arguments: args }: CompletedCommand): string[] {
  return args.map(({ values, repeats }, position) => {
    const pattern = repeats ? `${quote(`${name} `)}*` : quote(`${name} ${position}`);
    return `    ${pattern}) echo ${quote(wordsOf(values))} ;;`;
  });
}

function flagsOf({ options }: CompletedCommand): string {
  return options.map(({ flags }) => flags.at(-1)).join(' ');
}

function wordsOf(values: Values): string {
  return values.kind === 'choices' ? values.choices.join(' ') : values.kind;
}

/** Text as one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
