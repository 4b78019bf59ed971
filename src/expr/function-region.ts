import { IactError } from '../core/index.ts';
import { type Kernel, mergeNulls, operand } from './block.ts';
import { type Call, type Form, type FunctionTable, NUMBER, quoted, STRING } from './function.ts';
import { align, make, stateless, toReal } from './make.ts';
import type { Node } from './node.ts';
import { problem } from './problem.ts';
import { usedColumns } from './program.ts';
import { parseRegion } from './region.ts';
import { readResource } from './resource.ts';
import { type SkyAxes, skyAxes } from './sky-projection.ts';

const FORMS: readonly Form[] = [[STRING], [STRING, NUMBER, NUMBER], [STRING, NUMBER, NUMBER, STRING]];

/** `regfilter("file", x, y, "xColumn yColumn")`: whether a point is inside the region of a file. */
function regfilter(call: Call): Node {
  const { scope, span } = call;
  const { text } = scope;
  const name = quoted(call, 0);
  const [x, y] = [call.args[1] ?? scope.name('X', span), call.args[2] ?? scope.name('Y', span)];
  const { shape, args } = align(text, span, [toReal(text, x), toReal(text, y)]);
  const axes = axesOf(call, x, y);
  const contains = readResource(scope, span, name, 'a region', (resources) => {
    if (resources.readText === undefined) throw new IactError('usage', 'text files cannot be read here.');
    return parseRegion(resources.readText(name), axes);
  });
  const kernel: Kernel = (out, blocks, frame) => {
    const length = frame.rows * shape.size;
    const [xs, ys] = [operand(blocks, 0).numbers, operand(blocks, 1).numbers];
    mergeNulls(out, blocks, length);
    for (let i = 0; i < length; i++) out.flags[i] = contains(xs[i] as number, ys[i] as number) ? 1 : 0;
  };
  return make(text, { type: 'logical', ...shape, args, span, begin: stateless(kernel), folds: false });
}

/** The axes of the columns named, else of the one column that each expression uses. */
function axesOf(call: Call, x: Node, y: Node): SkyAxes | undefined {
  const { scope, span } = call;
  const columns = call.args.length > 3 ? namedColumns(call) : [columnIn(call, x), columnIn(call, y)];
  const [xColumn, yColumn] = columns;
  if (xColumn === undefined || yColumn === undefined) return undefined;
  if (scope.schema.columns[xColumn] === undefined) throw problem('usage', scope.text, span, 'There is no such column.');
  return skyAxes(scope.schema, xColumn + 1, yColumn + 1);
}

function namedColumns(call: Call): number[] {
  const { scope, span } = call;
  const names = quoted(call, 3).trim().split(/[ ,]+/);
  const columns = names.flatMap((name) => scope.findColumn(name, span) ?? []);
  if (names.length !== 2 || columns.length !== 2) {
    throw problem('usage', scope.text, span, 'The last argument of regfilter must name two columns, as in "X Y".');
  }
  return columns;
}

/** The one column in an expression, undefined if it has none. */
function columnIn(call: Call, node: Node): number | undefined {
  const found = usedColumns(node);
  if (found.size > 1) {
    const what =
      'This expression uses several columns; name the two with coordinates in the last argument of regfilter.';
    throw problem('usage', call.scope.text, node, what);
  }
  return [...found][0];
}

/** The function that tests places against a region file, which is read once, when the expression is compiled. */
export const REGION_FUNCTIONS: FunctionTable = new Map([
  [
    'regfilter',
    { usage: 'regfilter("file", x, y, "xColumn yColumn"), from the right optional', forms: FORMS, build: regfilter },
  ],
]);
