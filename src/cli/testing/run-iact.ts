import type { CliIo, CliStream } from '../io.ts';
import { main } from '../main.ts';

export interface IactRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface IactWorld extends Pick<CliIo, 'env' | 'interrupts' | 'beforeEnd'> {
  /** Width of a terminal; without it, both streams are files. */
  readonly columns?: number | undefined;
}

/** Runs `iact` in this process, on a terminal of a width or, without one, into a file. */
export async function runIact(args: readonly string[], world: number | IactWorld = {}): Promise<IactRun> {
  const { columns, ...rest } = typeof world === 'number' ? { columns: world } : world;
  const texts = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof texts): CliStream => ({
    write: (text) => {
      texts[name] += text;
    },
    ...(columns !== undefined && { columns, isTTY: true }),
  });
  const status = await main(args, { ...rest, stdout: stream('stdout'), stderr: stream('stderr') });
  return { status, ...texts };
}

/** The records of a run with `--json`. */
export function recordsOf({ stdout }: IactRun): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
