import { storageOf } from './block.ts';
import { appendBits, combineBits, compareBits } from './kernel-bit.ts';
import { andOr, choose, compareLogicals, negate } from './kernel-logical.ts';
import {
  type ArithmeticOperator,
  type BitwiseOperator,
  bitwise,
  type ComparisonOperator,
  compareNumbers,
  integerArithmetic,
  mapNumber,
  negated,
  realArithmetic,
} from './kernel-number.ts';
import { insideCone } from './kernel-sky.ts';
import { compareFieldWithText, compareStrings, joinStrings } from './kernel-string.ts';
import { align, make, promote, stateless, toNumber } from './make.ts';
import { classOf, constantOf, type Node, underlying } from './node.ts';
import { problem, type Span } from './problem.ts';
import type { Scope } from './scope.ts';

/** The longest string or bit field that an expression may build. */
const MAX_STRING = 65_536;

const SCALAR = { size: 1, dims: [1] } as const;

/** `a + b`: a sum of numbers, or two strings or bit fields one after the other. */
export function add(scope: Scope, span: Span, left: Node, right: Node): Node {
  const size = left.size + right.size;
  const args = [left, right];
  if (classOf(left) === 'number') return arithmetic(scope, span, '+', left, right);
  if (size > MAX_STRING)
    throw problem('usage', scope.text, span, `The result would be longer than ${MAX_STRING} characters.`);
  if (left.type === 'string') {
    return make(scope.text, { type: 'string', size, dims: [1], args, span, begin: stateless(joinStrings) });
  }
  return make(scope.text, {
    type: 'bit',
    size,
    dims: [size],
    args,
    span,
    begin: stateless(appendBits(left.size, right.size)),
  });
}

/** Arithmetic of numbers: of integers if both are, else of reals. A truth value may stand beside `*`. */
export function arithmetic(scope: Scope, span: Span, operator: ArithmeticOperator, left: Node, right: Node): Node {
  const { text } = scope;
  const numberType = left.type === 'real' || right.type === 'real' ? 'real' : 'integer';
  const numbers = [left, right].map((node) => toNumber(text, node, numberType));
  const { shape, args } = align(text, span, numbers);
  const kernel = numberType === 'real' ? realArithmetic(operator, shape.size) : integerArithmetic(operator, shape.size);
  return make(text, {
    type: numberType,
    ...shape,
    args,
    span,
    begin: stateless(kernel),
    undefinedBecause: 'division by zero',
  });
}

/** `a & b`, `a | b`, `a ^^ b` of integers; `&` and `|` also of bit fields. */
export function combine(scope: Scope, span: Span, operator: BitwiseOperator, left: Node, right: Node): Node {
  const { text } = scope;
  if (left.type === 'bit' && operator !== '^^') {
    const size = Math.max(left.size, right.size);
    const begin = stateless(combineBits(operator, left.size, right.size));
    return make(text, { type: 'bit', size, dims: [size], args: [left, right], span, begin });
  }
  if (left.type !== 'integer' || right.type !== 'integer') {
    const real = left.type === 'integer' ? right : left;
    throw problem(
      'usage',
      text,
      real,
      `"${operator}" needs two integers; this is a real number. "(int)" makes it an integer.`,
    );
  }
  const { shape, args } = align(text, span, [left, right]);
  return make(text, { type: 'integer', ...shape, args, span, begin: stateless(bitwise(operator, shape.size)) });
}

/** Any comparison; both operands are of one class. */
export function compare(scope: Scope, span: Span, operator: ComparisonOperator, left: Node, right: Node): Node {
  const { text } = scope;
  if (operator !== '~' && left.type === 'bit') {
    const begin = stateless(compareBits(operator, left.size, right.size));
    return make(text, { type: 'logical', ...SCALAR, args: [left, right], span, begin });
  }
  if (operator !== '~' && left.type === 'string') return compareTexts(scope, span, operator, left, right);
  if (left.type === 'logical') {
    const { shape, args } = align(text, span, [left, right]);
    const kernel = compareLogicals(operator === '!=' ? '!=' : '==', shape.size);
    return make(text, { type: 'logical', ...shape, args, span, begin: stateless(kernel) });
  }
  const cone = compareWithSeparation(scope, span, operator, left, right);
  if (cone !== undefined) return cone;
  const integers = left.type === 'integer' && right.type === 'integer';
  const { shape, args } = align(text, span, promote(text, [left, right]));
  const kernel = compareNumbers(operator === '~' && integers ? '==' : operator, shape.size);
  return make(text, { type: 'logical', ...shape, args, span, begin: stateless(kernel) });
}

function compareTexts(
  scope: Scope,
  span: Span,
  operator: Exclude<ComparisonOperator, '~'>,
  left: Node,
  right: Node,
): Node {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const { source } = underlying(one);
    const constant = constantOf(other);
    if (source.kind !== 'column' || source.rowOffset !== 0 || typeof constant !== 'string') continue;
    if (operator !== '==' && operator !== '!=') continue;
    const begin = stateless(compareFieldWithText(source.column, one.size, operator, constant));
    return make(scope.text, { type: 'logical', ...SCALAR, args: [], span, begin });
  }
  const begin = stateless(compareStrings(operator));
  return make(scope.text, { type: 'logical', ...SCALAR, args: [left, right], span, begin });
}

/** `angsep(RA, DEC, 83.6, 22) < 2` with constants, either way round: the cone search, in one step. */
function compareWithSeparation(
  scope: Scope,
  span: Span,
  operator: ComparisonOperator,
  left: Node,
  right: Node,
): Node | undefined {
  const turned = operator === '>' || operator === '>=';
  if (!turned && operator !== '<' && operator !== '<=') return undefined;
  const [angle, radius] = turned ? [right, left] : [left, right];
  const { source } = underlying(angle);
  const place = source.kind === 'apply' ? source.separationFrom : undefined;
  const radiusDeg = constantOf(radius);
  if (place === undefined || typeof radiusDeg !== 'number') return undefined;
  const { raDeg, decDeg } = place;
  const kernel = insideCone(angle.size, { raDeg, decDeg, radiusDeg, closed: operator.endsWith('=') });
  const { size, dims } = angle;
  return make(scope.text, { type: 'logical', size, dims, args: [place.ra, place.dec], span, begin: stateless(kernel) });
}

/** `a && b`, `a || b`. */
export function join(scope: Scope, span: Span, operator: '&&' | '||', left: Node, right: Node): Node {
  const { shape, args } = align(scope.text, span, [left, right]);
  return make(scope.text, { type: 'logical', ...shape, args, span, begin: stateless(andOr(operator, shape.size)) });
}

/** `!a` of a truth value or of bits. */
export function not(scope: Scope, span: Span, operand: Node): Node {
  const { type, size, dims } = operand;
  return make(scope.text, { type, size, dims, args: [operand], span, begin: stateless(negate(size)) });
}

/** `-a`. */
export function minus(scope: Scope, span: Span, operand: Node): Node {
  const { type, size, dims } = operand;
  const kernel = mapNumber(size, type === 'integer' ? negated : (value) => -value);
  return make(scope.text, { type, size, dims, args: [operand], span, begin: stateless(kernel) });
}

/** `(int) a`, `(float) a`. */
export function cast(scope: Scope, span: Span, type: 'integer' | 'real', operand: Node): Node {
  return { ...toNumber(scope.text, operand, type), ...span };
}

/** `value = low : high`, both ends included. */
export function range(scope: Scope, span: Span, value: Node, low: Node, high: Node): Node {
  const [v, l, h] = promote(scope.text, [value, low, high]) as [Node, Node, Node];
  return join(scope, span, '&&', compare(scope, span, '<=', l, v), compare(scope, span, '<=', v, h));
}

/** `condition ? a : b`. */
export function choice(scope: Scope, span: Span, condition: Node, whenTrue: Node, whenFalse: Node): Node {
  const { text } = scope;
  if (whenTrue.type === 'string') {
    if (condition.size !== 1) {
      throw problem(
        'usage',
        text,
        condition,
        'A choice between strings needs one truth value for each row, not a vector.',
      );
    }
    const size = Math.max(whenTrue.size, whenFalse.size);
    const begin = stateless(choose(1, 'texts'));
    return make(text, { type: 'string', size, dims: [1], args: [condition, whenTrue, whenFalse], span, begin });
  }
  const bothLogical = whenTrue.type === 'logical' && whenFalse.type === 'logical';
  const branches = bothLogical ? [whenTrue, whenFalse] : promote(text, [whenTrue, whenFalse]);
  const { shape, args } = align(text, span, [condition, ...branches]);
  const type = branches[0]?.type ?? 'integer';
  const begin = stateless(choose(shape.size, storageOf(type)));
  return make(text, { type, ...shape, args, span, begin });
}
