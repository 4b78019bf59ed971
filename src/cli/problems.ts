import { asSentence, IactError } from '../core/index.ts';

/**
 * Ends a command whose result is printed with an error that names what is wrong with the thing it is about.
 *
 * @param limit how many problems are named, where the result lists all.
 * @throws {IactError} `incomplete` if there are any problems.
 */
export function throwProblems(
  what: string,
  problems: readonly string[],
  limit: number = Number.POSITIVE_INFINITY,
): void {
  if (problems.length === 0) return;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const more = problems.length > limit ? ` And ${problems.length - limit} more.` : '';
  throw new IactError(
    'incomplete',
    `${what} has ${count}: ${problems.slice(0, limit).map(asSentence).join(' ')}${more}`,
  );
}
