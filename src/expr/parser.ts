import { functionCall } from './call.ts';
import { goesToTheRight, INFIX, LEVEL, type Level, NOTHING_PENDING, type Pending } from './grammar.ts';
import { tokenize } from './lexer.ts';
import { classOf, constantNode, constantOf, describeType, type Node } from './node.ts';
import { add, arithmetic, cast, choice, combine, compare, join, minus, not, range } from './operator.ts';
import { problem, type Span } from './problem.ts';
import type { Scope } from './scope.ts';
import { nullNumber, nullString, rowNumber } from './special.ts';
import { describeToken, type Mark, type Token } from './token.ts';
import { TokenReader } from './token-reader.ts';
import { CLASS_NOUNS, type ExprClass } from './type.ts';
import { element, vector } from './vector.ts';

/** The longest expression. A list of 5,000 observation IDs takes about 80,000 characters. */
export const MAX_LENGTH = 262_144;
/** The deepest nesting of parentheses, functions, prefixes and operands on the right. */
const MAX_DEPTH = 500;

/**
 * Parses an expression and finds the type of each part on the way.
 * @throws IactError 'usage' showing the place and what was expected there
 */
export function parse(scope: Scope): Node {
  if (scope.text.length > MAX_LENGTH) {
    const span = { at: MAX_LENGTH, end: MAX_LENGTH + 1 };
    throw problem(
      'usage',
      scope.text,
      span,
      `The expression is too long: ${scope.text.length} characters, at most ${MAX_LENGTH}.`,
    );
  }
  return new Parser(scope).parseAll();
}

class Parser {
  readonly #scope: Scope;
  readonly #tokens: TokenReader;
  #depth = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
    this.#tokens = new TokenReader(tokenize(scope.text));
  }

  parseAll(): Node {
    if (this.#tokens.peek().kind === 'end') throw this.#problem(this.#tokens.peek(), 'The expression is empty.');
    const node = this.#expression(NOTHING_PENDING);
    const rest = this.#tokens.peek();
    if (rest.kind !== 'end') throw this.#unexpected(rest, 'an operator or the end of the expression', node);
    return node;
  }

  /** An operand with all operators after it that bind tighter than the one before it. */
  #expression(pending: Pending): Node {
    if (++this.#depth > MAX_DEPTH)
      throw this.#problem(this.#tokens.peek(), `The expression is nested more than ${MAX_DEPTH} deep.`);
    let left = this.#postfix(this.#prefix());
    for (;;) {
      const token = this.#tokens.peek();
      const infix = token.kind === 'mark' ? INFIX[token.value] : undefined;
      const operands = infix?.operands[classOf(left)];
      if (token.kind !== 'mark' || infix === undefined || operands === undefined) break;
      if (!goesToTheRight(classOf(left), infix, pending)) break;
      this.#tokens.take();
      left = this.#infix(token, token.value, infix.level, left, operands);
    }
    this.#depth--;
    return left;
  }

  #infix(token: Token, mark: Mark, level: Level, left: Node, operands: readonly ExprClass[]): Node {
    if (mark === '?') return this.#choice(token, left);
    if (mark === '=') return this.#range(token, left);
    const right = this.#operand(token, { level, accepts: operands });
    const span = { at: left.at, end: right.end };
    switch (mark) {
      case '&&':
      case '||':
        return join(this.#scope, span, mark, left, right);
      case '==':
      case '!=':
      case '~':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compare(this.#scope, span, mark, left, right);
      case '+':
        return add(this.#scope, span, left, right);
      case '|':
      case '&':
      case '^^':
        return combine(this.#scope, span, mark, left, right);
      case '-':
      case '*':
      case '/':
      case '%':
      case '^':
        return arithmetic(this.#scope, span, mark, left, right);
      default:
        throw this.#unexpected(token, 'an operator');
    }
  }

  /** The operand on the right of an operator. */
  #operand(operator: Token, pending: Pending): Node {
    const node = this.#expression(pending);
    if (pending.accepts.includes(classOf(node))) return node;
    const wanted = pending.accepts.map((accepted) => CLASS_NOUNS[accepted]).join(' or ');
    const found = `${describeToken(operator)} needs ${wanted} on its right; this is a ${describeType(node)}.`;
    throw this.#problem(node, `${found}${this.#hintAbout(node)}`);
  }

  #choice(token: Token, condition: Node): Node {
    const whenTrue = this.#expression(NOTHING_PENDING);
    this.#expect(':', `expected ":" and the value for false after "?"`, whenTrue);
    if (whenTrue.type === 'bit') throw this.#problem(whenTrue, 'A choice ("?") between bit fields is not possible.');
    const accepts: readonly ExprClass[] = whenTrue.type === 'string' ? ['string'] : ['number', 'logical'];
    const whenFalse = this.#operand({ ...token, kind: 'mark', value: ':' }, { level: LEVEL.range, accepts });
    return choice(this.#scope, { at: condition.at, end: whenFalse.end }, condition, whenTrue, whenFalse);
  }

  #range(token: Token, value: Node): Node {
    const low = this.#expression(NOTHING_PENDING);
    this.#expect(':', 'expected ":" of a range, as in "x = 1:5" ("==" tests for equality)', low);
    if (classOf(low) !== 'number') throw this.#problem(low, `A range needs numbers; this is a ${describeType(low)}.`);
    const high = this.#operand({ ...token, kind: 'mark', value: ':' }, { level: LEVEL.range, accepts: ['number'] });
    return range(this.#scope, { at: value.at, end: high.end }, value, low, high);
  }

  #prefix(): Node {
    const token = this.#tokens.take();
    switch (token.kind) {
      case 'integer':
      case 'real':
      case 'logical':
      case 'string':
        return constantNode(token.kind, token.value, token);
      case 'bits':
        return constantNode('bit', token.value, token);
      case 'special':
        if (token.value === 'row') return rowNumber(token);
        return token.value === 'null' ? nullNumber(token) : nullString(token);
      case 'name':
        return this.#name(token, token.value);
      case 'keyword':
        return this.#scope.keyword(token.value, token);
      case 'call':
        return this.#call(token, token.value);
      case 'cast':
        return this.#cast(token, token.value);
      case 'mark':
        return this.#prefixMark(token, token.value);
      default:
        throw this.#unexpected(token, 'a value');
    }
  }

  #prefixMark(token: Token, mark: Mark): Node {
    if (mark === '(') {
      const node = this.#expression(NOTHING_PENDING);
      return { ...node, at: token.at, end: this.#expect(')', 'expected ")"', node).end };
    }
    if (mark === '{') return this.#vector(token);
    if (mark === '!') {
      const operand = this.#operand(token, { level: LEVEL.not, accepts: ['logical', 'bit'] });
      return not(this.#scope, { at: token.at, end: operand.end }, operand);
    }
    if (mark === '-' || mark === '+') {
      const operand = this.#operand(token, { level: LEVEL.sign, accepts: ['number'] });
      const span = { at: token.at, end: operand.end };
      return mark === '-' ? minus(this.#scope, span, operand) : { ...operand, ...span };
    }
    throw this.#unexpected(token, 'a value');
  }

  #cast(token: Token, type: 'integer' | 'real'): Node {
    const operand = this.#operand(token, { level: LEVEL.cast, accepts: ['number', 'logical'] });
    return cast(this.#scope, { at: token.at, end: operand.end }, type, operand);
  }

  /** A column, with the offset in rows that may follow it: `COL{-1}`. */
  #name(token: Token, name: string): Node {
    const node = this.#scope.name(name, token);
    if (constantOf(node) !== undefined || !this.#tokens.accept('{')) return node;
    const offset = this.#expression(NOTHING_PENDING);
    const end = this.#expect('}', 'expected "}" after the row offset', offset).end;
    const rows = constantOf(offset);
    if (typeof rows !== 'number' || offset.type !== 'integer') {
      throw this.#problem(offset, `A row offset must be a constant integer; this is a ${describeType(offset)}.`);
    }
    const column = this.#scope.findColumn(name, token) as number;
    return this.#scope.column(column, { at: token.at, end }, rows);
  }

  #call(token: Token, name: string): Node {
    const args: Node[] = [];
    if (!this.#tokens.isAt(')')) {
      do args.push(this.#expression(NOTHING_PENDING));
      while (this.#tokens.accept(','));
    }
    const end = this.#expect(')', `expected "," or ")" in the arguments of "${name}"`, args.at(-1)).end;
    return functionCall(this.#scope, name, { at: token.at, end }, args);
  }

  #vector(token: Token): Node {
    const elements = [this.#expression(NOTHING_PENDING)];
    while (this.#tokens.accept(',')) elements.push(this.#expression(NOTHING_PENDING));
    const end = this.#expect('}', 'expected "," or "}" in a vector', elements.at(-1)).end;
    return vector(this.#scope, { at: token.at, end }, elements);
  }

  /** Indices after a value, `V[2]`, `V[1,3]`, `V[3][1]`: they bind tighter than any operator. */
  #postfix(operand: Node): Node {
    let node = operand;
    while (this.#tokens.isAt('[')) {
      if (node.type === 'string')
        throw this.#problem(
          this.#tokens.peek(),
          'A string has no elements; strmid(text, position, length) takes a part of it.',
        );
      this.#tokens.take();
      const indices = [this.#expression(NOTHING_PENDING)];
      while (this.#tokens.accept(',')) indices.push(this.#expression(NOTHING_PENDING));
      const end = this.#expect(']', 'expected "," or "]" after the index', indices.at(-1)).end;
      node = element(this.#scope, { at: node.at, end }, node, indices);
    }
    return node;
  }

  #expect(mark: Mark, expected: string, before: Node | undefined): Token {
    const token = this.#tokens.peek();
    if (this.#tokens.accept(mark)) return token;
    throw this.#unexpected(token, expected.replace(/^expected /, ''), before);
  }

  /** An error about a token that cannot stand where it does; `before` is the value on its left. */
  #unexpected(token: Token, expected: string, before?: Node): Error {
    const operands = token.kind === 'mark' ? INFIX[token.value]?.operands : undefined;
    if (before !== undefined && operands !== undefined) {
      const wanted = (Object.keys(operands) as ExprClass[]).map((accepted) => CLASS_NOUNS[accepted]).join(' or ');
      const what = `${describeToken(token)} needs ${wanted} on its left, not a ${describeType(before)}.`;
      return this.#problem(token, `${what}${this.#hintAbout(before)}`);
    }
    return this.#problem(token, `Cannot read the expression: expected ${expected}, found ${describeToken(token)}.`);
  }

  /** A word that is a bit mask or truth value by its letters may be meant as a column. */
  #hintAbout(node: Node): string {
    const word = this.#scope.text.slice(node.at, node.end);
    const column =
      /^\w+$/.test(word) && constantOf(node) !== undefined ? this.#scope.findColumn(word, node) : undefined;
    return column === undefined ? '' : ` To name the column, write $${word}$.`;
  }

  #problem(span: Span, what: string): Error {
    return problem('usage', this.#scope.text, span, what);
  }
}
