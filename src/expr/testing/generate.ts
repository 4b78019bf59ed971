import { uniformRandom } from '../random.ts';
import type { ColumnShape } from '../table.ts';

/** What an expression is to give: a class, and for numbers and truth values the axes of a vector (none: one value). */
interface Wanted {
  readonly kind: 'integer' | 'real' | 'logical' | 'string' | 'bit';
  readonly dims: readonly number[];
}

const SCALAR: readonly number[] = [];
const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', '=<', '=>', '.eq.', '.NE.', '.lt.', '.LE.', '.gt.', '.ge.'];
const REAL_FUNCTIONS = ['sin', 'COS', 'tan', 'arctan', 'sinh', 'tanh', 'cosh', 'exp', 'log', 'log10', 'sqrt'];
const ROUNDING = ['floor', 'ceil', 'Round'];
const INVERSE = ['arcsin', 'asin', 'arccos', 'acos', 'atan'];

/**
 * Makes random expressions over a table, most of them valid. The same seed gives the same expressions.
 *
 * What it leaves out on purpose is where CFITSIO fails (reads freed memory, ends by a signal, or contradicts its guide);
 * docs/reference/row-filter.md lists these places.
 */
export class Generator {
  readonly #random: () => number;
  readonly #columns: readonly ColumnShape[];
  #isInRange = false;

  constructor(seed: number, columns: readonly ColumnShape[]) {
    this.#random = uniformRandom(seed);
    this.#columns = columns.filter((column) => column.kind !== 'unsupported');
  }

  /** A row filter: one truth value for each row. One in twelve is damaged, and most of those are errors. */
  filter(depth = 4): string {
    const text = this.#logical({ kind: 'logical', dims: SCALAR }, depth);
    return separateKeyword(this.#chance(12) ? this.#damage(text) : text);
  }

  /** An expression of any type. */
  expression(depth = 4): string {
    const kind = this.#pick(['integer', 'real', 'logical', 'string', 'bit'] as const);
    const dims = kind === 'string' || kind === 'bit' || this.#chance(2) ? SCALAR : this.#dims();
    return separateKeyword(this.#value({ kind, dims }, depth));
  }

  #value(wanted: Wanted, depth: number): string {
    switch (wanted.kind) {
      case 'integer':
      case 'real':
        return this.#number(wanted, depth);
      case 'logical':
        return this.#logical(wanted, depth);
      case 'string':
        return this.#string(depth);
      case 'bit':
        return this.#bits(depth);
    }
  }

  #logical(wanted: Wanted, depth: number): string {
    const { dims } = wanted;
    if (depth <= 0) return this.#logicalLeaf(dims);
    const deeper = (): string => this.#logical(this.#part(wanted), depth - 1);
    const ways: (() => string)[] = [
      () => this.#comparison(dims, depth),
      () => this.#comparison(dims, depth),
      () => `${deeper()} ${this.#pick(['&&', '||', '.and.', '.OR.', '==', '!='])} ${this.#logical(wanted, depth - 1)}`,
      () => `(${deeper()} ${this.#pick(['&&', '||'])} ${this.#logical(wanted, depth - 1)})`,
      () => `${this.#pick(['!', '.not.', 'NOT.'])}(${this.#logical(wanted, depth - 1)})`,
      () => `${this.#pick(['!', '! ', '.not. '])}${this.#logicalLeaf(dims)}`,
      () => this.#range(dims, depth),
      () => `isnull(${this.#value({ kind: this.#numberKind(), dims }, depth - 1)})`,
      () => this.#place(dims, depth),
      () => `(${deeper()} ? ${this.#logical(wanted, depth - 1)} : ${deeper()})`,
      () => `defnull(${this.#logical(wanted, depth - 1)}, ${deeper()})`,
    ];
    if (dims.length === 0) {
      const relation = (): string => this.#pick(COMPARISONS);
      ways.push(
        () => `${this.#string(depth - 1)} ${relation()} ${this.#string(depth - 1)}`,
        () => `${this.#bits(depth - 1)} ${relation()} ${this.#bits(depth - 1)}`,
        () => `isnull(${this.#string(depth - 1)})`,
        () => this.#reducedComparison(depth),
      );
    } else if (dims.length === 1 && (dims[0] ?? 0) < 4) {
      ways.push(() => this.#braces(dims, () => this.#logical({ kind: 'logical', dims: SCALAR }, depth - 2)));
    }
    return this.#pick(ways)();
  }

  #comparison(dims: readonly number[], depth: number): string {
    const [left, right] = this.#chance(2) ? [dims, SCALAR] : [dims, dims];
    const a = this.#number({ kind: this.#numberKind(), dims: left }, depth - 1);
    const b = this.#number({ kind: this.#numberKind(), dims: right }, depth - 1);
    return `${a} ${this.#pick([...COMPARISONS, '~'])} ${b}`;
  }

  #reducedComparison(depth: number): string {
    const inner = this.#logical({ kind: 'logical', dims: this.#dims() }, depth - 2);
    return `sum(${inner}) ${this.#pick(COMPARISONS)} ${this.#integerText()}`;
  }

  #range(dims: readonly number[], depth: number): string {
    const bound = (): string => this.#number({ kind: this.#numberKind(), dims: SCALAR }, depth - 2);
    // CFITSIO computes the value twice, so that running sums go wrong.
    const wasInRange = this.#isInRange;
    this.#isInRange = true;
    const text = `(${this.#number({ kind: this.#numberKind(), dims }, depth - 1)} = ${bound()} : ${bound()})`;
    this.#isInRange = wasInRange;
    return text;
  }

  #place(dims: readonly number[], depth: number): string {
    const part = (): string => this.#number(this.#part({ kind: 'real', dims }), depth - 2);
    const whole = (): string => this.#number({ kind: 'real', dims }, depth - 2);
    return this.#pick([
      () => `near(${whole()}, ${this.#realText()}, ${this.#realText()})`,
      () => `circle(${this.#realText()}, ${this.#realText()}, ${this.#realText()}, ${part()}, ${whole()})`,
      () => `box(0.5, ${this.#realText()}, 3, 2.5, ${this.#realText()}, ${whole()}, ${part()})`,
      () => `ellipse(${this.#realText()}, 0, 3.5, 2, 30, ${part()}, ${whole()})`,
    ])();
  }

  #number(wanted: Wanted, depth: number): string {
    const { dims } = wanted;
    if (depth <= 0) return this.#numberLeaf(wanted);
    const same = (): string => this.#number(wanted, depth - 1);
    const part = (): string => this.#number(this.#part(wanted), depth - 1);
    const ways: (() => string)[] = [
      () => `${same()} ${this.#pick(['+', '-', '*', '/', '%'])} ${part()}`,
      () => `(${part()} ${this.#pick(['+', '-', '*', '/'])} ${same()})`,
      () => `-${this.#numberLeaf(wanted)}`,
      () => `(${this.#pick(['int', 'float', 'INT', 'double'])}) ${this.#numberLeaf(wanted)}`,
      () =>
        `(${this.#numberLeaf(wanted)})${this.#pick(['^', '**'])}${this.#pick(wanted.kind === 'real' ? ['2', '3', '-1', '0.5'] : ['2', '3', '0'])}`,
      () => `abs(${same()})`,
      () => `${this.#pick(['min', 'max'])}(${same()}, ${part()})`,
      () => `(${this.#logical(this.#part({ kind: 'logical', dims }), depth - 1)} ? ${same()} : ${part()})`,
      () => `defnull(${same()}, ${part()})`,
      () => `setnull(${this.#integerText()}, ${this.#columnOf(wanted)})`,
      () => `${this.#logicalLeaf(dims)}*${this.#numberLeaf({ ...wanted, dims: SCALAR })}`,
    ];
    if (!this.#isInRange) {
      ways.push(
        () => `seqdiff(${this.#columnOf(wanted)})`,
        () => `accum(${this.#columnOf(wanted)})`,
      );
    }
    if (wanted.kind === 'real') {
      ways.push(
        () => `${this.#pick(REAL_FUNCTIONS)}(${this.#numberLeaf(wanted)} / 7.)`,
        () => `${this.#pick(ROUNDING)}(${this.#numberLeaf(wanted)} / 3.1)`,
        () => `${this.#pick(INVERSE)}(${this.#numberLeaf(wanted)} / 9.7)`,
        () => `arctan2(${this.#numberLeaf(wanted)}, ${this.#realText()})`,
        () => `angsep(${this.#columnOf(wanted)}, ${this.#realText()}, 3.71, ${this.#pick(['-1.33', '4.09'])})`,
      );
    } else {
      ways.push(() => `(${this.#columnOf(wanted)} ${this.#pick(['&', '|', '^^', '.xor.'])} ${this.#integerText()})`);
    }
    if (dims.length === 0) ways.push(...this.#scalarWays(wanted, depth));
    else ways.push(...this.#vectorWays(wanted));
    return this.#pick(ways)();
  }

  #scalarWays(wanted: Wanted, depth: number): (() => string)[] {
    const vector = (): string => this.#number({ kind: wanted.kind, dims: this.#dims() }, depth - 2);
    const reductions = ['sum', 'min', 'max', 'median', 'nvalid'];
    return [
      () => `${this.#pick(wanted.kind === 'real' ? [...reductions, 'average', 'stddev'] : reductions)}(${vector()})`,
      () => this.#element(wanted),
      () => `strstr(${this.#column('string')}, ${this.#stringText()})`,
      () => `sum(${this.#column('bit')})`,
      () => `nelem(${this.#pick([this.#column('string'), this.#column('bit'), vector()])})`,
      () => this.#pick(['#row', '#null', '#COUNT', '#SCALE', '#$ODD-KEY$', 'COUNT', '#pi', '#E', '#deg']),
      () => `${this.#columnOf(wanted)}{${this.#pick(['1', '-1', '3', '-2', '0', '100'])}}`,
    ];
  }

  #vectorWays({ kind, dims }: Wanted): (() => string)[] {
    const ways = [
      () => `elementnum(${this.#columnOf({ kind, dims })})`,
      () => `axiselem(${this.#columnOf({ kind, dims })}, ${this.#pick(['1', '2', '3'])})`,
      () => `array(${this.#columnOf({ kind, dims: SCALAR })}, {${dims.join(',')}})`,
    ];
    if (dims.length === 1) {
      ways.push(() => this.#braces(dims, () => this.#numberLeaf({ kind, dims: SCALAR })));
    }
    return ways;
  }

  #braces(dims: readonly number[], element: () => string): string {
    return `{${Array.from({ length: dims[0] ?? 1 }, element).join(', ')}}`;
  }

  #element(wanted: Wanted): string {
    const vectors = this.#columns.filter((column) => column.kind === wanted.kind && column.width > 1);
    const column = this.#pick(vectors);
    if (column === undefined) return this.#numberLeaf(wanted);
    const dims = column.dims ?? [column.width];
    const index = (dim: number): string =>
      this.#chance(20) ? '0' : this.#chance(4) ? `#row % ${dim} + 1` : `${1 + Math.floor(this.#random() * dim)}`;
    const name = this.#spell(column.name);
    if (dims.length > 1 && this.#chance(2))
      return `${name}${dims
        .toReversed()
        .map((dim) => `[${index(dim)}]`)
        .join('')}`;
    return `${name}[${dims.map(index).join(',')}]`;
  }

  #string(depth: number): string {
    if (depth <= 0 || this.#chance(2)) return this.#chance(2) ? this.#column('string') : this.#stringText();
    return this.#pick([
      () => `(${this.#column('string')} + ${this.#string(depth - 1)})`,
      () =>
        `(${this.#logical({ kind: 'logical', dims: SCALAR }, depth - 2)} ? ${this.#column('string')} : ${this.#stringText()})`,
      () =>
        `strmid(${this.#column('string')}, ${this.#pick(['0', '1', '2', '#row % 4', '9'])}, ${this.#pick(['1', '2', '5'])})`,
      () => `${this.#column('string')}{${this.#pick(['1', '-1', '2'])}}`,
      () => this.#pick(['#NAME', '#snull', 'NAME']),
    ])();
  }

  #bits(depth: number): string {
    if (depth <= 0 || this.#chance(2)) return this.#chance(2) ? this.#column('bit') : this.#bitText();
    return this.#pick([
      () => `(${this.#bits(depth - 1)} ${this.#pick(['&', '|'])} ${this.#column('bit')})`,
      // CFITSIO compares fields of 32 bits and more wrongly.
      () => `(${this.#column('bit', 9)} + ${this.#column('bit', 9)})`,
      () => `(!${this.#column('bit')})`,
      () => `${this.#column('bit')}{${this.#pick(['1', '-1'])}}`,
      () =>
        `${this.#pick(this.#columns.filter((each) => each.kind === 'bit' && each.width > 3))?.name}[${this.#pick(['1', '3'])}]`,
    ])();
  }

  #logicalLeaf(dims: readonly number[]): string {
    if (dims.length === 0 && this.#chance(4)) return this.#pick(['T', 'f', '#FLAG', 'F']);
    return this.#columnOf({ kind: 'logical', dims });
  }

  #numberLeaf(wanted: Wanted): string {
    if (wanted.dims.length === 0 && this.#chance(3)) {
      return wanted.kind === 'integer' ? this.#integerText() : this.#realText();
    }
    return this.#columnOf(wanted);
  }

  /** A column of this kind and shape; for shapes without a column, an expression of them. */
  #columnOf({ kind, dims }: Wanted): string {
    const fitting = this.#columns.filter((column) => column.kind === kind && sameShape(column, dims));
    const column = this.#pick(fitting);
    if (column !== undefined) return this.#spell(column.name);
    const numbers = this.#columns.filter(
      (each) => (each.kind === 'integer' || each.kind === 'real') && sameShape(each, dims),
    );
    const other = this.#spell(this.#pick(numbers)?.name ?? 'NONE');
    if (kind === 'logical') return `(${other} > 2)`;
    return kind === 'integer' ? `(int)${other}` : `(float)${other}`;
  }

  #column(kind: 'string' | 'bit', maxWidth = 99): string {
    const fitting = this.#columns.filter((column) => column.kind === kind && column.width <= maxWidth);
    return this.#spell(this.#pick(fitting)?.name ?? 'NONE');
  }

  /** A name in one of its spellings. */
  #spell(name: string): string {
    if (!/^[A-Za-z_]\w*$/.test(name)) return `$${name}$`;
    return this.#pick([name, name, name.toLowerCase(), `$${name}$`]);
  }

  #integerText(): string {
    return this.#pick(['0', '1', '2', '3', '5', '17', '100', '0b101', '0x1f', '-2', '(-7)', '12']);
  }

  #realText(): string {
    return this.#pick(['0.', '1.5', '.25', '2.', '1e1', '-0.5', '(-3.25)', '1.5E-1', '100.125', '7.0']);
  }

  #stringText(): string {
    return this.#pick([
      "'Crab'",
      '"Crab"',
      "'a'",
      "''",
      "' '",
      "'Crab Nebula'",
      '"it\'s"',
      "'b'",
      "'crab'",
      "'PKS 2155'",
    ]);
  }

  #bitText(): string {
    return this.#pick(['b1', 'b01x0', 'b0', 'B1xx', 'o17', 'o7x', 'h3F', 'hax1', 'b111111111', 'h0']);
  }

  /** Dims that some vector column has. */
  #dims(): readonly number[] {
    const vectors = this.#columns.filter((column) => column.width > 1 && !['string', 'bit'].includes(column.kind));
    const column = this.#pick(vectors);
    return column?.dims ?? [column?.width ?? 1];
  }

  /** Beside a vector, a vector of the same shape or a single value. */
  #part(wanted: Wanted): Wanted {
    return this.#chance(2) ? { ...wanted, dims: SCALAR } : wanted;
  }

  #numberKind(): 'integer' | 'real' {
    return this.#chance(2) ? 'integer' : 'real';
  }

  /** Takes out, doubles or replaces a word. */
  #damage(text: string): string {
    const words = text.split(/(?<=[\s(),])/);
    const at = Math.floor(this.#random() * words.length);
    const junk = ['+', '(', ')', '"', 'NOPE', '&&', '1', 'T', ',', ':', '[1]', 'sin(', '!', "'x'", 'b1', '-', '*'];
    words.splice(at, this.#chance(2) ? 1 : 0, this.#pick(junk));
    return words.join('');
  }

  #chance(oneIn: number): boolean {
    return this.#random() * oneIn < 1;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }
}

/** CFITSIO reads from `#$` to the last `$` of the expression, so no other name may be quoted beside such a keyword. */
function separateKeyword(text: string): string {
  return text.split('$').length > 3 ? text.replaceAll('#$ODD-KEY$', '#COUNT') : text;
}

function sameShape(column: ColumnShape, dims: readonly number[]): boolean {
  const own = column.width === 1 ? [] : (column.dims ?? [column.width]);
  return own.length === dims.length && own.every((dim, axis) => dim === dims[axis]);
}
