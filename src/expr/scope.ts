import { nearestNames } from '../core/index.ts';
import { constantNode, type Node } from './node.ts';
import { problem, type Span } from './problem.ts';
import { dimsOf, type ExprResources, type ExprSchema } from './table.ts';

/** What an expression is compiled against. */
export class Scope {
  readonly text: string;
  readonly schema: ExprSchema;
  readonly resources: ExprResources;
  readonly #byName = new Map<string, number[]>();
  readonly #nodes = new Map<string, Node>();

  constructor(text: string, schema: ExprSchema, resources: ExprResources) {
    this.text = text;
    this.schema = schema;
    this.resources = resources;
    for (const [index, { name }] of schema.columns.entries()) {
      const same = this.#byName.get(name.toLowerCase()) ?? [];
      this.#byName.set(name.toLowerCase(), [...same, index]);
    }
  }

  /** The place of a column, found by its name without regard to case, or by a pattern with `*`, `?` and `#`. */
  findColumn(name: string, span: Span): number | undefined {
    const exact = this.#byName.get(name.toLowerCase()) ?? [];
    const found = exact.length > 0 || !/[*?#]/.test(name) ? exact : this.#fitting(name);
    if (found.length > 1) {
      const names = found.map((index) => `"${this.schema.columns[index]?.name}"`).join(', ');
      throw problem('usage', this.text, span, `"${name}" is not the name of one column: it could be ${names}.`);
    }
    return found[0];
  }

  #fitting(pattern: string): number[] {
    return this.schema.columns.flatMap((column, index) => (matches(pattern, column.name) ? [index] : []));
  }

  /** A column or, if there is none, a keyword. */
  name(name: string, span: Span): Node {
    const column = this.findColumn(name, span);
    if (column !== undefined) return this.column(column, span);
    const keyword = this.#keyword(name, span);
    if (keyword !== undefined) return keyword;
    const names = this.schema.columns.map((shape) => shape.name);
    const near = nearestNames(name, names);
    throw problem('usage', this.text, span, `There is no column or keyword "${name}".${this.#hint(name, span, near)}`);
  }

  #hint(name: string, span: Span, near: readonly string[]): string {
    if (/^\s*\(/.test(this.text.slice(span.end, span.end + 9))) {
      return ' If a function is meant, "(" must follow its name without a blank.';
    }
    if (near.length > 0) return ` Did you mean ${near.map((found) => `"${found}"`).join(' or ')}?`;
    if (/^(true|false)$/i.test(name)) return ' Truth values are written T and F.';
    const known = this.schema.columns.map((shape) => shape.name);
    if (known.length === 0) return ' The table has no columns.';
    return ` Columns: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', ...' : ''}.`;
  }

  /** A header keyword. */
  keyword(name: string, span: Span): Node {
    const keyword = this.#keyword(name, span);
    if (keyword === undefined) throw problem('usage', this.text, span, `There is no keyword "${name}" in the header.`);
    return keyword;
  }

  #keyword(name: string, span: Span): Node | undefined {
    const keyword = this.schema.keyword(name);
    if (keyword === undefined) return undefined;
    if (keyword.kind === 'unsupported') {
      throw problem('usage', this.text, span, `The keyword "${name}" cannot be used: it ${keyword.reason}.`);
    }
    return constantNode(keyword.kind, keyword.value, span);
  }

  /** A column by its place, `rowOffset` rows further on. */
  column(column: number, span: Span, rowOffset = 0): Node {
    const key = `${column} ${rowOffset}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return { ...known, ...span, source: { kind: 'same', of: known } };
    const shape = this.schema.columns[column];
    if (shape === undefined) throw new RangeError(`column ${column} of ${this.schema.columns.length}`);
    if (shape.kind === 'unsupported') {
      throw problem(
        'usage',
        this.text,
        span,
        `The column "${shape.name}" cannot be used: it ${shape.reason ?? 'has an unknown type'}.`,
      );
    }
    if (shape.width === 0) throw problem('usage', this.text, span, `The column "${shape.name}" is empty.`);
    const node: Node = {
      type: shape.kind,
      size: shape.width,
      dims: shape.kind === 'string' ? [1] : dimsOf(shape),
      source: { kind: 'column', column, rowOffset },
      at: span.at,
      end: span.end,
    };
    this.#nodes.set(key, node);
    return node;
  }
}

/** Whether a name fits a pattern: `*` any characters, `?` one character, `#` digits; without regard to case. */
export function matches(pattern: string, name: string): boolean {
  const [p, n] = [pattern.toLowerCase(), name.toLowerCase()];
  // The classic walk with one place to come back to: linear in memory, no backtracking over earlier stars.
  let [at, star, resume] = [0, -1, 0];
  let i = 0;
  while (i < n.length) {
    const wanted = p.charAt(at);
    if (wanted === '*') {
      star = at++;
      resume = i;
    } else if (wanted === '#' && /[0-9]/.test(n.charAt(i))) {
      while (/[0-9]/.test(n.charAt(i))) i++;
      at++;
    } else if (at < p.length && (wanted === '?' || wanted === n.charAt(i))) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (p.charAt(at) === '*') at++;
  return at === p.length;
}
