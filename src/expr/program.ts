import { IactError } from '../core/index.ts';
import { type Block, type Frame, type Kernel, makeBlock, storageOf } from './block.ts';
import { loadColumn } from './kernel-column.ts';
import { type Constant, elementsPerRow, type Node, type Run, underlying } from './node.ts';
import { problem } from './problem.ts';
import type { ColumnShape, ColumnValues, ExprSchema, ExprTable } from './table.ts';

/** Elements of a block: small enough that the blocks of an expression stay in the processor's cache. */
const BLOCK_ELEMENTS = 4096;
/** The most elements that all blocks together may take. */
const MAX_ELEMENTS = 2 ** 25;
/** Constants up to this number keep a block of their own, filled once. */
const MAX_FILLED_ONCE = 64;

interface Step {
  readonly node: Node;
  readonly register: number;
  readonly args: readonly number[];
  /** A constant that is filled once for all blocks. */
  readonly once: boolean;
}

interface Register {
  readonly storage: 'numbers' | 'flags' | 'texts';
  readonly elements: number;
}

/**
 * The steps that compute an expression for a block of rows, one after the other, without recursion: an expression may
 * join ten thousand comparisons. Blocks are used again as soon as nothing needs their values any more.
 */
export class Program {
  readonly #schema: ExprSchema;
  readonly #steps: readonly Step[];
  readonly #registers: readonly Register[];
  readonly #result: number;
  readonly #blockRows: number;

  /** @throws IactError 'usage' if the blocks would not fit into memory */
  constructor(root: Node, schema: ExprSchema, text: string) {
    this.#schema = schema;
    const nodes = inOrder(underlying(root));
    const { steps, registers } = assignRegisters(nodes);
    this.#steps = steps;
    this.#registers = registers;
    this.#result = steps.at(-1)?.register ?? 0;
    const widest = registers.reduce((most, { elements }) => Math.max(most, elements), 1);
    this.#blockRows = Math.max(1, Math.floor(BLOCK_ELEMENTS / widest));
    const total = registers.reduce((sum, { elements }) => sum + elements * this.#blockRows, 0);
    if (total > MAX_ELEMENTS) {
      throw problem(
        'usage',
        text,
        root,
        `The expression needs vectors of ${total} elements in all; at most ${MAX_ELEMENTS} are allowed.`,
      );
    }
  }

  /** Computes all rows of a table; `visit` is given the result for one run of rows after the other. */
  run(table: ExprTable, run: Run, visit: (result: Block, frame: Frame) => void): void {
    const blocks = this.#registers.map(({ storage, elements }) => makeBlock(storage, elements * this.#blockRows));
    const work = this.#steps.map((step) => ({
      kernel: this.#kernelOf(step, run),
      out: blocks[step.register] as Block,
      args: step.args.map((register) => blocks[register] as Block),
      once: step.once,
    }));
    const frame: Frame = {
      firstRow: 0,
      rows: this.#blockRows,
      tableRows: table.rowCount,
      column: columnReader(this.#schema, table),
    };
    for (const { kernel, out, args, once } of work) if (once) kernel(out, args, frame);
    const result = blocks[this.#result] as Block;
    for (let firstRow = 0; firstRow < table.rowCount; firstRow += this.#blockRows) {
      frame.firstRow = firstRow;
      frame.rows = Math.min(this.#blockRows, table.rowCount - firstRow);
      for (const { kernel, out, args, once } of work) if (!once) kernel(out, args, frame);
      visit(result, frame);
    }
  }

  #kernelOf({ node }: Step, run: Run): Kernel {
    const { source } = node;
    if (source.kind === 'apply') return source.begin(run);
    if (source.kind === 'constant') return fillConstant(source.value);
    if (source.kind === 'column') {
      const shape = this.#schema.columns[source.column];
      if (shape !== undefined) return loadColumn(shape, source.column, source.rowOffset);
    }
    throw new RangeError(`no kernel for a ${source.kind} node`);
  }
}

/** The columns that a node needs, by their place in the schema. */
export function usedColumns(node: Node): Set<number> {
  return new Set(inOrder(underlying(node)).flatMap(({ source }) => (source.kind === 'column' ? [source.column] : [])));
}

/** All nodes that a node needs, each after its operands. */
function inOrder(root: Node): Node[] {
  const ordered: Node[] = [];
  const seen = new Set<Node>();
  const stack: { node: Node; ready: boolean }[] = [{ node: root, ready: false }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    if (top.ready) ordered.push(top.node);
    if (top.ready || seen.has(top.node)) continue;
    seen.add(top.node);
    stack.push({ node: top.node, ready: true });
    // The first operand is computed first: in a long chain, "a || b || c", that leaves one block to be kept.
    for (const arg of argumentsOf(top.node).reverse()) stack.push({ node: arg, ready: false });
  }
  return ordered;
}

function argumentsOf(node: Node): Node[] {
  return node.source.kind === 'apply' ? node.source.args.map(underlying) : [];
}

function assignRegisters(nodes: readonly Node[]): { steps: Step[]; registers: Register[] } {
  const lastUse = new Map<Node, number>();
  nodes.forEach((node, index) => {
    for (const arg of argumentsOf(node)) lastUse.set(arg, index);
  });
  const registers: Register[] = [];
  const free = new Map<string, number[]>();
  const registerOf = new Map<Node, number>();
  const filledOnce = new Set<Node>();
  const steps = nodes.map((node, index) => {
    const once = node.source.kind === 'constant' && filledOnce.size < MAX_FILLED_ONCE;
    if (once) filledOnce.add(node);
    const wanted = { storage: storageOf(node.type), elements: elementsPerRow(node) };
    const key = `${wanted.storage} ${wanted.elements}`;
    const register = (once ? undefined : free.get(key)?.pop()) ?? registers.push(wanted) - 1;
    registerOf.set(node, register);
    const args = argumentsOf(node).map((arg) => registerOf.get(arg) as number);
    for (const arg of new Set(argumentsOf(node))) {
      if (lastUse.get(arg) !== index || filledOnce.has(arg)) continue;
      const { storage, elements } = registers[registerOf.get(arg) as number] as Register;
      const kept = free.get(`${storage} ${elements}`) ?? [];
      kept.push(registerOf.get(arg) as number);
      free.set(`${storage} ${elements}`, kept);
    }
    return { node, register, args, once };
  });
  return { steps, registers };
}

/** Reads columns of the schema from a table, where they may stand in another order; each is read once. */
function columnReader(schema: ExprSchema, table: ExprTable): (index: number) => ColumnValues {
  const cache = new Map<number, ColumnValues>();
  return (index) => {
    const known = cache.get(index);
    if (known !== undefined) return known;
    const values = table.read(placeOf(schema, index, table));
    cache.set(index, values);
    return values;
  };
}

function placeOf(schema: ExprSchema, index: number, table: ExprTable): number {
  const wanted = schema.columns[index] as ColumnShape;
  const isSame = (column: ColumnShape | undefined): boolean =>
    column?.name === wanted.name && column.kind === wanted.kind && column.width === wanted.width;
  const place = isSame(table.columns[index]) ? index : table.columns.findIndex(isSame);
  if (place >= 0) return place;
  const found = table.columns.find((column) => column.name === wanted.name);
  const what = found === undefined ? 'there is none' : `found ${found.kind} values, ${found.width} in a row`;
  throw new IactError(
    'bad-data',
    `Cannot filter the table: the expression needs a column "${wanted.name}" with ${wanted.kind} values, ${wanted.width} in a row; ${what}.`,
  );
}

function fillConstant(value: Constant): Kernel {
  return (out) => {
    out.hasNulls = false;
    if (typeof value === 'number') out.numbers.fill(value);
    else if (typeof value === 'boolean') out.flags.fill(value ? 1 : 0);
    else if (out.texts.length > 0) out.texts.fill(value);
    else for (let i = 0; i < out.flags.length; i++) out.flags[i] = '01x'.indexOf(value.charAt(i % value.length));
  };
}
