import type { ProgramContext } from '../program.ts';

/** The parameter `datapath`; empty or `NONE` stands for `$VHEFITS`, and where that is unset, for the working directory. */
export async function dataPath({ params, env, expand }: ProgramContext): Promise<string> {
  const given = await params.string('datapath');
  const isDefault = given === '' || given.toUpperCase() === 'NONE';
  return expand(isDefault ? (env['VHEFITS'] ?? '') : given);
}

/**
 * Joins as the originals do: an absolute second part stands alone, and nothing is normalised. The query of a URL, which
 * may hold what opens it, stays at its end.
 */
export function joinPath(first: string, second: string): string {
  const [, url, query = ''] = /^(https?:\/\/[^?#]*)([?#].*)$/is.exec(first) ?? [];
  if (url !== undefined) return joinPath(url, second) + query;
  if (first === '' || second.startsWith('/')) return second;
  return first.endsWith('/') ? first + second : `${first}/${second}`;
}
