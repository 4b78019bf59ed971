import type { Kernel } from './block.ts';
import type { Node } from './node.ts';
import type { Span } from './problem.ts';

const countRows: Kernel = (out, _args, frame) => {
  out.hasNulls = false;
  for (let row = 0; row < frame.rows; row++) out.numbers[row] = frame.firstRow + row + 1;
};

const allNull: Kernel = (out, _args, frame) => {
  out.hasNulls = true;
  out.nulls.fill(1, 0, frame.rows);
  if (out.texts.length > 0) out.texts.fill('', 0, frame.rows);
  else out.numbers.fill(0, 0, frame.rows);
};

/** `#row`: the number of the row, counted from 1. */
export function rowNumber(span: Span): Node {
  return special('integer', countRows, span);
}

/** `#null`: a number that is null. */
export function nullNumber(span: Span): Node {
  return special('integer', allNull, span);
}

/** `#snull`: a string that is null. */
export function nullString(span: Span): Node {
  return special('string', allNull, span);
}

function special(type: 'integer' | 'string', kernel: Kernel, { at, end }: Span): Node {
  return { type, size: 1, dims: [1], source: { kind: 'apply', args: [], begin: () => kernel }, at, end };
}
