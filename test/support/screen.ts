/**
 * What a terminal of a given width shows after a program's output: the escape sequences for moving the cursor and erasing
 * that line editors use are obeyed, all others are dropped. Nothing scrolls away.
 */
export function renderScreen(raw: string, columns: number): string {
  const screen = new Screen(columns);
  screen.write(raw);
  return screen.text();
}

interface Row {
  cells: string[];
  /** Whether it goes on in the next row, because it was full. */
  continues: boolean;
}

/** A terminal whose width may change. Each write holds whole escape sequences. */
export class Screen {
  #columns: number;
  #rows: Row[] = [{ cells: [], continues: false }];
  #row = 0;
  #column = 0;
  #wraps = true;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(raw: string): void {
    for (const [piece, parameters, command] of raw.matchAll(/\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b.|./gsu)) {
      if (command !== undefined) this.#control(command, parameters ?? '');
      else if (!piece.startsWith('\x1b')) this.#put(piece);
    }
  }

  /** `rewrap`: lines are broken anew, as in tmux and most others; `cut`: what has no room is lost, as in xterm. */
  resize(columns: number, how: 'rewrap' | 'cut'): void {
    this.#columns = columns;
    if (how === 'rewrap') this.#rewrap();
    else for (const { cells } of this.#rows) cells.length = Math.min(cells.length, columns);
    this.#column = Math.min(this.#column, columns - 1);
  }

  text(): string {
    const lines = this.#rows.map(({ cells }) =>
      Array.from(cells, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
    return lines.join('\n').trimEnd();
  }

  #put(character: string): void {
    if (character === '\n') this.#moveTo(this.#row + 1, this.#column);
    else if (character === '\r') this.#column = 0;
    else if (character === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (character >= ' ') {
      if (this.#column >= this.#columns) this.#passMargin();
      this.#current().cells[this.#column++] = character;
    }
  }

  #passMargin(): void {
    if (!this.#wraps) {
      this.#column = this.#columns - 1;
      return;
    }
    this.#current().continues = true;
    this.#moveTo(this.#row + 1, 0);
  }

  /** @see ECMA-48 §8.3: CUU, CUD, CUF, CUB, CHA, ED, EL; DECAWM of the VT100. */
  #control(command: string, parameters: string): void {
    const parameter = Number.parseInt(parameters, 10);
    const count = parameter || 1;
    if (command === 'A') this.#moveTo(Math.max(0, this.#row - count), this.#column);
    else if (command === 'B') this.#moveTo(this.#row + count, this.#column);
    else if (command === 'C') this.#column += count;
    else if (command === 'D') this.#column = Math.max(0, this.#column - count);
    else if (command === 'G') this.#column = count - 1;
    else if (parameters === '?7') this.#wraps = command === 'h';
    else if ((command === 'J' || command === 'K') && !(parameter > 0)) {
      this.#eraseLine();
      if (command === 'J') this.#rows.length = this.#row + 1;
    }
  }

  #eraseLine(): void {
    const row = this.#current();
    row.cells.length = Math.min(row.cells.length, this.#column);
    // As tmux does, a line that was erased in part may still go on.
    if (this.#column === 0) row.continues = false;
  }

  #rewrap(): void {
    const rows: Row[] = [];
    let line: string[] = [];
    let cursor: number | undefined;
    let place = { row: 0, column: this.#column };
    for (const [index, { cells, continues }] of this.#rows.entries()) {
      if (index === this.#row) cursor = line.length + this.#column;
      line.push(...Array.from(cells, (character) => character ?? ' '));
      if (continues) continue;
      const first = rows.length;
      const count = Math.max(1, Math.ceil(line.length / this.#columns));
      for (let i = 0; i < count; i++) {
        rows.push({ cells: line.slice(i * this.#columns, (i + 1) * this.#columns), continues: i < count - 1 });
      }
      if (cursor !== undefined) {
        const down = Math.min(count - 1, Math.floor(cursor / this.#columns));
        place = { row: first + down, column: cursor - down * this.#columns };
      }
      line = [];
      cursor = undefined;
    }
    this.#rows = rows;
    this.#moveTo(place.row, place.column);
  }

  #moveTo(row: number, column: number): void {
    this.#row = row;
    this.#column = column;
    while (this.#rows.length <= row) this.#rows.push({ cells: [], continues: false });
  }

  #current(): Row {
    const row = this.#rows[this.#row] ?? { cells: [], continues: false };
    this.#rows[this.#row] = row;
    return row;
  }
}
