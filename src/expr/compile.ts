import type { Block, Frame } from './block.ts';
import { describeType, elementsPerRow, isConstant, type Node } from './node.ts';
import { parse } from './parser.ts';
import { problem } from './problem.ts';
import { Program, usedColumns } from './program.ts';
import { uniformRandom } from './random.ts';
import { Scope } from './scope.ts';
import type { ExprResources, ExprSchema, ExprTable } from './table.ts';

export interface CompileOptions {
  /** How to read other files that the expression names. Without it, such functions are errors. */
  readonly resources?: ExprResources;
  /** Where the random functions begin: each evaluation with the same seed draws the same numbers. Default: by chance. */
  readonly seed?: number;
}

/** The values of an expression, `width` for each row. Nulls are marked; what stands at their place is undefined. */
export type ExprResult =
  | {
      readonly type: 'integer' | 'real';
      readonly values: Float64Array;
      readonly width: number;
      readonly dims: readonly number[];
      readonly nulls: Uint8Array | undefined;
    }
  | {
      readonly type: 'logical';
      /** 1 is true, 0 is false. */
      readonly values: Uint8Array;
      readonly width: number;
      readonly dims: readonly number[];
      readonly nulls: Uint8Array | undefined;
    }
  | {
      readonly type: 'bit';
      /** One byte for each bit; an `x` of a mask counts as 0. */
      readonly values: Uint8Array;
      readonly width: number;
      readonly dims: readonly number[];
      readonly nulls: undefined;
    }
  | {
      readonly type: 'string';
      readonly values: readonly string[];
      readonly width: 1;
      readonly dims: readonly [1];
      readonly nulls: Uint8Array | undefined;
    };

/** A compiled expression. It can be evaluated any number of times, on any table that has the columns it uses. */
export class Expression {
  readonly text: string;
  readonly type: ExprResult['type'];
  /** Values in a row; for bits their number, for strings 1. */
  readonly width: number;
  /** Size along each axis, fastest first. */
  readonly dims: readonly number[];
  /** Whether all rows have the same value, known without a table. */
  readonly isConstant: boolean;
  /** The columns that are read, by name. */
  readonly columns: readonly string[];
  readonly #program: Program;
  readonly #seed: number | undefined;

  constructor(node: Node, scope: Scope, seed: number | undefined) {
    this.text = scope.text;
    this.type = node.type;
    this.width = elementsPerRow(node);
    this.dims = node.type === 'string' ? [1] : node.dims;
    this.isConstant = isConstant(node);
    this.columns = [...usedColumns(node)].map((index) => scope.schema.columns[index]?.name ?? '');
    this.#program = new Program(node, scope.schema, scope.text);
    this.#seed = seed;
  }

  /**
   * The value for each row.
   * @throws IactError 'bad-data' if the table lacks a column, or a row makes the expression fail (an index out of range)
   */
  evaluate(table: ExprTable): ExprResult {
    const length = table.rowCount * this.width;
    const nulls = new Uint8Array(length);
    const numbers = new Float64Array(this.type === 'integer' || this.type === 'real' ? length : 0);
    const flags = new Uint8Array(this.type === 'logical' || this.type === 'bit' ? length : 0);
    const texts: string[] = [];
    let hasNulls = false;
    this.visit(table, (block, { firstRow, rows }) => {
      const [at, count] = [firstRow * this.width, rows * this.width];
      if (block.hasNulls) {
        nulls.set(block.nulls.subarray(0, count), at);
        hasNulls = true;
      }
      if (numbers.length > 0) numbers.set(block.numbers.subarray(0, count), at);
      if (flags.length > 0) flags.set(block.flags.subarray(0, count), at);
      if (this.type === 'string') for (let i = 0; i < rows; i++) texts.push(block.texts[i] ?? '');
    });
    const known = hasNulls ? nulls : undefined;
    const { type, width, dims } = this;
    if (type === 'string') return { type, values: texts, width: 1, dims: [1], nulls: known };
    if (type === 'bit') return { type, values: flags.map((bit) => (bit === 1 ? 1 : 0)), width, dims, nulls: undefined };
    if (type === 'logical') return { type, values: flags, width, dims, nulls: known };
    return { type, values: numbers, width, dims, nulls: known };
  }

  /** Computes block by block, without keeping the values. */
  visit(table: ExprTable, visitor: (block: Block, frame: Frame) => void): void {
    this.#program.run(table, { random: uniformRandom(this.#seed ?? Math.random() * 2 ** 53) }, visitor);
  }
}

/** A compiled row filter. */
export class Filter {
  readonly text: string;
  /** The columns that are read, by name. */
  readonly columns: readonly string[];
  readonly #expression: Expression;

  constructor(expression: Expression) {
    this.text = expression.text;
    this.columns = expression.columns;
    this.#expression = expression;
  }

  /**
   * The rows for which the expression is true, counted from 0, ascending. Where it is null, the row is left out.
   * @throws IactError 'bad-data' as {@link Expression.evaluate}
   */
  select(table: ExprTable): Uint32Array {
    const selected = new Uint32Array(table.rowCount);
    let count = 0;
    this.#expression.visit(table, ({ flags, nulls, hasNulls }, { firstRow, rows }) => {
      for (let row = 0; row < rows; row++) {
        if (flags[row] === 1 && !(hasNulls && nulls[row] === 1)) selected[count++] = firstRow + row;
      }
    });
    return selected.slice(0, count);
  }
}

/**
 * Compiles an expression of CFITSIO's row filter language; see docs/reference/row-filter.md.
 *
 * Columns and keywords are looked up in the schema now: keywords keep the value that they have now, and so do the good
 * time intervals and regions that are read from other files.
 *
 * @throws IactError 'usage' showing the place in the expression and what was expected; 'bad-data' for other files that
 *   are not what they should be
 */
export function compileExpression(text: string, schema: ExprSchema, options: CompileOptions = {}): Expression {
  const scope = new Scope(text, schema, options.resources ?? {});
  return new Expression(parse(scope), scope, options.seed);
}

/**
 * Compiles a row filter: an expression that gives one truth value for each row.
 * @throws IactError as {@link compileExpression}, and 'usage' if the expression gives anything else
 */
export function compileFilter(text: string, schema: ExprSchema, options: CompileOptions = {}): Filter {
  const scope = new Scope(text, schema, options.resources ?? {});
  const node = parse(scope);
  if (node.type !== 'logical' || node.size !== 1) {
    const hint =
      node.type === 'logical'
        ? ' sum(...) counts those that are true: "sum(V > 3) > 0", or "sum(V > 3) == nelem(V)" for all.'
        : node.type === 'integer' || node.type === 'real'
          ? ' Compare it with something, as in "x != 0".'
          : '';
    throw problem(
      'usage',
      text,
      node,
      `A row filter must give one truth value for each row; this is a ${describeType(node)}.${hint}`,
    );
  }
  return new Filter(new Expression(node, scope, options.seed));
}
