import type { Command } from 'commander';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { type CompletionTree, completionTree } from './completion/tree.ts';
import { zshCompletion } from './completion/zsh.ts';
import type { Session } from './session.ts';

/** A shell that completion is for. */
export type Shell = 'bash' | 'zsh' | 'fish';

const SCRIPTS: Readonly<Record<Shell, (tree: CompletionTree) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** @param program whose subcommands and options are completed. */
export function completion(shell: Shell, program: Command, { reporter }: Session): void {
  const script = SCRIPTS[shell](completionTree(program));
  reporter.finish({
    command: 'completion',
    data: { shell, script },
    lines: script.trimEnd().split('\n'),
    exact: true,
  });
}
