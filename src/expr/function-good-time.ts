import { type Block, copyNulls, ensureNulls, type Frame, type Kernel, mergeNulls, operand } from './block.ts';
import {
  argument,
  type Call,
  type Form,
  type FunctionEntry,
  type FunctionTable,
  NUMBER,
  quoted,
  STRING,
} from './function.ts';
import { type GoodTimes, goodTimeBetween, goodTimes, intervalAt } from './good-time.ts';
import { make, stateless, toReal } from './make.ts';
import { type Node, underlying } from './node.ts';
import { problem } from './problem.ts';
import { readResource } from './resource.ts';
import { matches } from './scope.ts';
import type { ExprSchema, ExprTable } from './table.ts';

const FILTER_FORMS: readonly Form[] = [[], [STRING], [STRING, NUMBER], [STRING, NUMBER, STRING, STRING]];
const OVERLAP_FORMS: readonly Form[] = [
  [STRING, NUMBER, NUMBER],
  [STRING, NUMBER, NUMBER, STRING, STRING],
];

/** The times to be tested: the second argument, or the column TIME. */
function timesOf(call: Call): Node {
  const { scope, span } = call;
  const given = call.args[1];
  if (given !== undefined) return toReal(scope.text, given);
  const time = scope.name('TIME', span);
  if (underlying(time).source.kind !== 'column' || (time.type !== 'real' && time.type !== 'integer')) {
    throw problem(
      'usage',
      scope.text,
      span,
      'Without an expression for the time there must be a column TIME with numbers.',
    );
  }
  return toReal(scope.text, time);
}

/** Reads the intervals; `first` is the argument that may name the START column. */
function intervalsOf(call: Call, first: number): GoodTimes {
  const { scope } = call;
  const name = call.args.length === 0 ? '' : quoted(call, 0);
  const [start, stop] =
    call.args.length > first ? [quoted(call, first), quoted(call, first + 1)] : ['*START*', '*STOP*'];
  const table = readResource(scope, call.span, name, 'good time intervals', (resources) => resources.readTable?.(name));
  if (table === undefined) {
    throw problem('bad-data', scope.text, call.span, `Cannot read good time intervals: "${name}" is not a FITS table.`);
  }
  const [starts, stops] = [start, stop].map((column) => readTimes(call, table, name, column));
  const shift = timeZero(table) - timeZero(scope.schema);
  return goodTimes(starts as Float64Array, stops as Float64Array, shift);
}

function readTimes(call: Call, table: ExprTable, name: string, pattern: string): Float64Array {
  const { text } = call.scope;
  const found = table.columns.flatMap((column, index) => (matches(pattern, column.name) ? [index] : []));
  const [index] = found;
  const shape = index === undefined ? undefined : table.columns[index];
  if (index === undefined || shape === undefined || found.length > 1) {
    const names = table.columns.map((column) => column.name).join(', ');
    const many = found.length > 1 ? `${found.length} columns fit` : 'no column fits';
    throw problem(
      'bad-data',
      text,
      call.span,
      `Cannot read good time intervals from "${name}": ${many} "${pattern}" (columns: ${names}).`,
    );
  }
  const values = table.read(index);
  if (values.kind !== 'number') {
    throw problem(
      'bad-data',
      text,
      call.span,
      `Cannot read good time intervals from "${name}": the column "${shape.name}" holds no numbers.`,
    );
  }
  return Float64Array.from({ length: table.rowCount }, (_, row) => values.values[row * shape.width] ?? 0);
}

/** TIMEZERO, or TIMEZERI + TIMEZERF; 0 if there is none. */
function timeZero(schema: ExprSchema): number {
  const value = (name: string): number | undefined => {
    const keyword = schema.keyword(name);
    return keyword?.kind === 'integer' || keyword?.kind === 'real' ? keyword.value : undefined;
  };
  const whole = value('TIMEZERI');
  return value('TIMEZERO') ?? (whole === undefined ? 0 : whole + (value('TIMEZERF') ?? 0));
}

/** A function of the interval that each time falls into. */
function byInterval(
  call: Call,
  type: 'logical' | 'integer',
  store: (out: Block, index: number, interval: number, frame: Frame) => void,
): Node {
  const { scope, span } = call;
  const times = timesOf(call);
  const intervals = intervalsOf(call, 2);
  const { size, dims } = times;
  const kernel: Kernel = (out, blocks, frame) => {
    const length = frame.rows * size;
    const from = operand(blocks, 0);
    copyNulls(out, from, length);
    for (let i = 0; i < length; i++) store(out, i, intervalAt(intervals, from.numbers[i] as number), frame);
  };
  return make(scope.text, { type, size, dims, args: [times], span, begin: stateless(kernel), folds: false });
}

function gtifilter(call: Call): Node {
  return byInterval(call, 'logical', (out, index, interval) => {
    out.flags[index] = interval >= 0 ? 1 : 0;
  });
}

/** The number of the interval, counted from 1; null outside all of them. */
function gtifind(call: Call): Node {
  const { size } = timesOf(call);
  return byInterval(call, 'integer', (out, index, interval, frame) => {
    out.numbers[index] = interval >= 0 ? interval + 1 : -1;
    if (interval < 0) ensureNulls(out, frame.rows * size)[index] = 1;
  });
}

function gtioverlap(call: Call): Node {
  const { scope, span } = call;
  const { text } = scope;
  const [start, stop] = [toReal(text, argument(call, 1)), toReal(text, argument(call, 2))];
  if (start.size !== stop.size) {
    throw problem(
      'usage',
      text,
      span,
      'The start and the stop that gtioverlap takes must have the same number of elements.',
    );
  }
  const intervals = intervalsOf(call, 3);
  if (!intervals.ordered)
    throw problem('bad-data', text, span, 'The good time intervals of gtioverlap must be ordered in time.');
  const { size, dims } = start;
  const kernel: Kernel = (out, blocks, frame) => {
    const length = frame.rows * size;
    const [from, to] = [operand(blocks, 0).numbers, operand(blocks, 1).numbers];
    mergeNulls(out, blocks, length);
    for (let i = 0; i < length; i++) out.numbers[i] = goodTimeBetween(intervals, from[i] as number, to[i] as number);
  };
  return make(text, { type: 'real', size, dims, args: [start, stop], span, begin: stateless(kernel), folds: false });
}

/** Functions of good time intervals, which are read once, when the expression is compiled. */
export const GOOD_TIME_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  [
    'gtifilter',
    {
      usage: 'gtifilter("file", time, "START", "STOP"), from the right optional',
      forms: FILTER_FORMS,
      build: gtifilter,
    },
  ],
  [
    'gtifind',
    { usage: 'gtifind("file", time, "START", "STOP"), from the right optional', forms: FILTER_FORMS, build: gtifind },
  ],
  [
    'gtioverlap',
    {
      usage: 'gtioverlap("file", start, stop, "START", "STOP"), the last two optional',
      forms: OVERLAP_FORMS,
      build: gtioverlap,
    },
  ],
]);
