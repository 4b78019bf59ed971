import { main } from '../main.ts';

export interface IactRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `iact` in this process, on a terminal of a width or, without one, into a file. */
export async function runIact(args: readonly string[], columns?: number): Promise<IactRun> {
  let [stdout, stderr] = ['', ''];
  const status = await main(args, {
    stdout: {
      write: (text) => {
        stdout += text;
      },
      ...(columns !== undefined && { columns }),
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
  });
  return { status, stdout, stderr };
}
