import { Argument, Command } from 'commander';
import { bashCompletion } from './completion/bash.ts';
import { fishCompletion } from './completion/fish.ts';
import { completionTree } from './completion/tree.ts';
import { zshCompletion } from './completion/zsh.ts';
import type { SessionHost } from './session.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

type Shell = keyof typeof SCRIPTS;

/** `iact completion SHELL` */
export function completionCommand(host: SessionHost): Command {
  return new Command('completion')
    .description('Print a script that completes commands, options and their values in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .action((shell: Shell, _: object, self: Command) => {
      const { reporter } = host.open(self);
      const script = SCRIPTS[shell](completionTree(self.parent ?? self));
      reporter.finish({
        command: 'completion',
        data: { shell, script },
        lines: script.trimEnd().split('\n'),
        exact: true,
      });
    });
}
