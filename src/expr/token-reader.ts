import type { Mark, Token } from './token.ts';

/** Goes through tokens, of which the last is the end of the expression. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** The next token, which stays the next one. */
  peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  /** The next token, left behind; the end is never left behind. */
  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  isAt(mark: Mark): boolean {
    const token = this.peek();
    return token.kind === 'mark' && token.value === mark;
  }

  /** Takes the next token if it is this mark. */
  accept(mark: Mark): boolean {
    const found = this.isAt(mark);
    if (found) this.#next++;
    return found;
  }
}
