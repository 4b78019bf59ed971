import type { CliStream } from '../io.ts';
import { makeProgram } from '../program.ts';
import { SessionHost } from '../session.ts';

/** Runs a command while so much time passes that all is shown that can be. */
export async function runSlowly(args: readonly string[], stream: CliStream): Promise<void> {
  let nowMs = 0;
  const clock = {
    nowMs: () => {
      nowMs += 3000;
      return nowMs;
    },
    every: () => () => undefined,
  };
  const env = { LANG: 'C.UTF-8', NO_COLOR: '1' };
  const host = new SessionHost({ stdout: { write: () => true }, stderr: stream, env }, clock);
  await makeProgram(host).parseAsync([...args], { from: 'user' });
}
