/**
 * What a terminal of a given width shows after a program's output: the escape sequences for moving the cursor and erasing
 * that line editors use are obeyed, all others are dropped. Nothing scrolls away.
 */
export function renderScreen(raw: string, columns: number): string {
  const screen = new Screen(columns);
  for (const [piece, parameters, command] of raw.matchAll(/\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b.|./gsu)) {
    if (command !== undefined) screen.control(command, Number.parseInt(parameters ?? '', 10));
    else if (!piece.startsWith('\x1b')) screen.put(piece);
  }
  return screen.text();
}

class Screen {
  readonly #columns: number;
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.#columns = columns;
  }

  put(character: string): void {
    if (character === '\n') this.#moveTo(this.#row + 1, this.#column);
    else if (character === '\r') this.#column = 0;
    else if (character === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (character >= ' ') {
      if (this.#column === this.#columns) this.#moveTo(this.#row + 1, 0);
      this.#line()[this.#column++] = character;
    }
  }

  /** @see ECMA-48 §8.3: CUU, CUD, CUF, CUB, CHA, ED, EL. */
  control(command: string, parameter: number): void {
    const count = parameter || 1;
    if (command === 'A') this.#moveTo(Math.max(0, this.#row - count), this.#column);
    else if (command === 'B') this.#moveTo(this.#row + count, this.#column);
    else if (command === 'C') this.#column += count;
    else if (command === 'D') this.#column = Math.max(0, this.#column - count);
    else if (command === 'G') this.#column = count - 1;
    else if (command === 'J' && !(parameter > 0)) {
      this.#line().length = Math.min(this.#line().length, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (command === 'K' && !(parameter > 0)) {
      this.#line().length = Math.min(this.#line().length, this.#column);
    }
  }

  text(): string {
    const lines = this.#lines.map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
    return lines.join('\n').trimEnd();
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    while (this.#lines.length <= row) this.#lines.push([]);
  }

  #line(): string[] {
    const line = this.#lines[this.#row] ?? [];
    this.#lines[this.#row] = line;
    return line;
  }
}
