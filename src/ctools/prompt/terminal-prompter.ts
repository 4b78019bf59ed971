import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { IactError } from '../../core/index.ts';
import type { InputStream, ProgramIo } from '../io.ts';
import type { TextOutput } from '../output.ts';
import type { Completer } from './complete-path.ts';
import type { Prompter } from './prompter.ts';

/**
 * Asks on a terminal, with line editing and completion by node:readline.
 *
 * The terminal is in raw mode only while a question waits, so that Ctrl-C between questions interrupts the program as
 * usual. What was typed or pasted beyond an answer answers the questions after it.
 */
export class TerminalPrompter implements Prompter {
  readonly #io: ProgramIo;
  readonly #output: TextOutput;
  readonly #completer: Completer;
  readonly #decoder: StringDecoder = new StringDecoder('utf8');
  /** Typed, and not yet given to a question. */
  #typed = '';
  #ended = false;

  constructor(io: ProgramIo, output: TextOutput, completer: Completer) {
    this.#io = io;
    this.#output = output;
    this.#completer = completer;
  }

  async ask(question: string): Promise<string | undefined> {
    const { stdin } = this.#io;
    if (this.#ended || stdin.readableEnded || stdin.destroyed) {
      this.#output.write(question);
      return undefined;
    }
    const answer = await this.#edit(question);
    this.#ended = answer === undefined;
    return answer;
  }

  #edit(question: string): Promise<string | undefined> {
    const { stdin, stdout, signal } = this.#io;
    const keys = keysFor(stdin);
    const editor = createInterface({
      input: keys,
      output: stdout,
      terminal: true,
      historySize: 0,
      prompt: question,
      completer: this.#completer,
    });
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
        stdin.pause();
        signal.removeEventListener('abort', onAbort);
        editor.removeAllListeners().close();
        act();
      };
      const cancel = (reason: unknown): void =>
        settle(() => {
          this.#output.write('\n');
          reject(reason);
        });
      const onAbort = (): void => cancel(signal.reason);
      const onEnd = (): void => settle(() => resolve(undefined));
      const feed = (): void => {
        if (this.#typed !== '') keys.write(this.#takeTyped());
      };
      const onData = (piece: Buffer | string): void => {
        this.#typed += typeof piece === 'string' ? piece : this.#decoder.write(piece);
        feed();
      };
      editor
        .on('line', (line) => settle(() => resolve(line)))
        .on('close', onEnd)
        .on('SIGINT', () => cancel(new IactError('cancelled', 'Interrupted.')))
        // After Ctrl-Z and fg the question is shown again.
        .on('SIGCONT', () => editor.prompt(true));
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort);
      stdin.on('data', onData).on('end', onEnd).on('error', onEnd);
      stdin.resume();
      editor.prompt();
      feed();
    });
  }

  /** Takes what was typed up to and including the first end of a line. */
  #takeTyped(): string {
    const end = /\r\n?|\n/.exec(this.#typed);
    const taken = end === null ? this.#typed : this.#typed.slice(0, end.index + end[0].length);
    this.#typed = this.#typed.slice(taken.length);
    return taken.replace(/(?:\r\n?|\n)$/, '\r');
  }
}

/** A stream of keys for one question that switches the real terminal's mode. */
function keysFor(terminal: InputStream): PassThrough {
  return Object.assign(new PassThrough(), { setRawMode: (on: boolean) => terminal.setRawMode?.(on) });
}
