import { IactError, messageOf } from '../core/index.ts';
import { problem, type Span } from './problem.ts';
import type { Scope } from './scope.ts';
import type { ExprResources } from './table.ts';

/**
 * Reads something that an expression names.
 * @throws IactError 'usage' if the caller has given no way to read it, otherwise the error of the reader with the
 *   place in the expression added
 */
export function readResource<T>(
  scope: Scope,
  span: Span,
  name: string,
  what: string,
  read: (resources: ExprResources) => T,
): T {
  const { resources, text } = scope;
  if (resources.readTable === undefined && resources.readText === undefined) {
    throw problem('usage', text, span, `Cannot read ${what} from "${name}": other files cannot be used here.`);
  }
  try {
    return read(resources);
  } catch (cause) {
    const code = cause instanceof IactError && cause.code === 'usage' ? 'usage' : 'bad-data';
    throw problem(code, text, span, `Cannot read ${what} from "${name}": ${messageOf(cause)}`, { cause });
  }
}
