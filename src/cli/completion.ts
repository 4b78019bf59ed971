import { Argument, Command } from 'commander';
import type { Shell } from './run-completion.ts';
import type { SessionHost } from './session.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** `iact completion SHELL` */
export function completionCommand(host: SessionHost): Command {
  return new Command('completion')
    .description('Print a script that completes commands, options and their values in a shell.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action(async (shell: Shell, _: object, self: Command) => {
      const session = host.open(self);
      const { completion } = await import('./run-completion.ts');
      completion(shell, self.parent ?? self, session);
    });
}
