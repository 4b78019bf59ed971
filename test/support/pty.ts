import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PYTHON } from './require.ts';
import { renderScreen } from './screen.ts';

/** Waits for a text, then types. */
export interface PtyStep {
  /**
   * What the program must have written since the step before; escape sequences are not looked at. A regular expression
   * uses the syntax that JavaScript and Python share, without flags.
   */
  expect: string | RegExp;
  /** The keys, for example `data\r`, `\t`, `\x03` (Ctrl-C), `\x04` (Ctrl-D). */
  send: string;
}

export interface PtyOptions {
  cwd?: string;
  /** The whole environment of the program; default: that of the test, with TERM=xterm. */
  env?: Readonly<Record<string, string | undefined>>;
  columns?: number;
  timeoutMs?: number;
}

export interface PtyResult {
  /** What a person sees at the end, line by line, without blanks at the ends of lines. */
  screen: string;
  /** Every byte the program wrote, escape sequences included, as UTF-8. */
  raw: string;
  /** The exit status, 128 + n when signal n ended the program. */
  status: number;
}

const DRIVER = fileURLToPath(new URL('pty.py', import.meta.url));

/**
 * Runs a program on a pseudo-terminal, and answers what it asks.
 *
 * Needs Python 3, see {@link PYTHON}.
 * @throws when a step's text does not come or the program does not end in time; the message holds the screen.
 */
export async function runInPty(
  command: string,
  args: readonly string[],
  steps: readonly PtyStep[],
  { cwd = process.cwd(), env = process.env, columns = 200, timeoutMs = 20_000 }: PtyOptions = {},
): Promise<PtyResult> {
  const request = {
    command,
    args,
    cwd,
    env: { TERM: 'xterm', ...env },
    columns,
    rows: 50,
    timeoutMs,
    steps: steps.map(({ expect, send }) => ({ pattern: patternOf(expect), send })),
  };
  const answer = await drive(JSON.stringify(request));
  const { raw, status, fault } = JSON.parse(answer) as { raw: string; status: number | null; fault: string | null };
  const screen = renderScreen(raw, columns);
  if (fault !== null || status === null) throw new Error(`${command} on a terminal: ${fault}\n${screen}`);
  return { screen, raw, status };
}

function patternOf(expected: string | RegExp): string {
  return typeof expected === 'string' ? expected.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : expected.source;
}

function drive(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // -I: this folder must not be searched for modules, or the driver would import itself as Python's own `pty`.
    const driver = spawn(PYTHON, ['-I', DRIVER], { stdio: ['pipe', 'pipe', 'inherit'] });
    const pieces: Buffer[] = [];
    driver.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    driver.on('error', reject);
    driver.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(pieces).toString('utf8'));
      else reject(new Error(`The pseudo-terminal driver ended with status ${status}`));
    });
    driver.stdin.end(request);
  });
}
