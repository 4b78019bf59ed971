import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { tempDirectory } from './temp.ts';

export interface TmuxOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
}

/** A window of tmux, a terminal that breaks its lines anew when its width changes, with a shell in it. */
export class TmuxWindow {
  readonly #socket: string;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  static async open({ columns, rows, env }: TmuxOptions): Promise<TmuxWindow> {
    const window = new TmuxWindow(join(await tempDirectory(), 'tmux'));
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const size = ['-x', String(columns), '-y', String(rows)];
    window.#tmux('-f', '/dev/null', 'new-session', '-d', ...size, ...variables, 'bash --norc');
    onTestFinished(() => void window.#tmux('kill-server'));
    window.#tmux('set', '-g', 'status', 'off');
    return window;
  }

  /** Keys as tmux names them: `C-c`, `Enter`, or text. */
  type(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The lines that are not empty, when the last of them match, one pattern each. @throws if they never do. */
  async linesEndingIn(...patterns: readonly RegExp[]): Promise<string[]> {
    let lines: string[] = [];
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
      lines = this.#tmux('capture-pane', '-p').split('\n').filter(Boolean);
      const last = lines.slice(-patterns.length);
      if (patterns.every((pattern, i) => pattern.test(last[i] ?? ''))) return lines;
    }
    throw new Error(`The terminal shows:\n${lines.join('\n')}`);
  }

  #tmux(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}
