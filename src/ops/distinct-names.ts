import { IactError, shortened } from '../core/index.ts';
import type { Destination } from '../storage/index.ts';
import { STATE_DIRECTORY } from '../transfer/index.ts';

/** Two ways in which names differ that some file systems do not see, and a pair of names to try it with. */
const DIFFERENCES = [
  { by: 'case', written: 'names-a', read: 'NAMES-A' },
  { by: 'the composition of letters (Unicode)', written: 'names-\u00e9', read: 'names-e\u0301' },
] as const;

/**
 * Refuses files of which one would take the place of another, because the destination takes their names for one: those
 * of macOS and Windows, and mounts of theirs, often see no difference in case, or in how Unicode composes a letter.
 *
 * The destination is only asked if there are such names, by a small file among our own state.
 *
 * @param paths of the files that come, each once.
 * @param present paths of files that are there and stay, as far as they are known.
 * @throws {IactError} `unwritable`, naming two of them; what `destination` throws.
 */
export async function refuseIndistinctNames(
  paths: readonly string[],
  destination: Destination,
  present: Iterable<string> = [],
): Promise<void> {
  const [coming] = await indistinct(alikePairs(paths), destination);
  const [there] = coming === undefined ? await indistinct(pairsBetween(paths, present), destination) : [];
  const found = coming ?? there;
  if (found === undefined) return;
  const [left, right] = found.pair.map((path) => `"${shortened(path)}"`);
  const remedy =
    there === undefined
      ? 'Copy to another file system, or leave one of their observations out by a run list'
      : `${right} is there from an earlier copy. Copy to another file system; where its source has only given it the other name, use "iact copy --delete"`;
  const what = `${left} and ${right} are one name there: its file system sees no difference in ${found.by}`;
  throw new IactError('unwritable', `Cannot write to "${destination.uri}": ${what}. ${remedy}.`, {
    uri: destination.uri,
  });
}

/** Which of some paths the destination takes for one of the others, as {@link refuseIndistinctNames} finds it out. */
export async function pathsTakenForOthers(
  paths: Iterable<string>,
  others: Iterable<string>,
  destination: Destination,
): Promise<Set<string>> {
  const found = await indistinct(pairsBetween([...others], paths), destination);
  return new Set(found.map(({ pair: [, path] }) => path));
}

type Pair = readonly [string, string];

/** Those of alike names that are one at the destination, and in what it sees no difference. */
async function indistinct(
  pairs: readonly Pair[],
  destination: Destination,
): Promise<{ readonly pair: Pair; readonly by: string }[]> {
  const found: { readonly pair: Pair; readonly by: string }[] = [];
  for (const [index, { by, written, read }] of DIFFERENCES.entries()) {
    // What differs in both ways is one name only where neither is seen; it is told by the first.
    const ofThis = pairs.filter(([left, right]) => (index === 0) === (left.normalize() !== right.normalize()));
    if (ofThis.length === 0 || (await tellsApart(destination, written, read))) continue;
    found.push(...ofThis.map((pair) => ({ pair, by })));
  }
  return found;
}

/** Pairs of paths that are the same without case and composition. */
export function alikePairs(paths: readonly string[]): [string, string][] {
  const folded = new Map<string, string>();
  const pairs: [string, string][] = [];
  // Names in plain lower case differ from each other, and most are; only the others are remembered.
  for (const path of paths) {
    const name = foldedName(path);
    if (name === path) continue;
    const other = folded.get(name);
    if (other === undefined) folded.set(name, path);
    else pairs.push([other, path]);
  }
  if (folded.size === 0) return pairs;
  for (const path of paths) {
    const other = folded.get(path);
    if (other !== undefined && other !== path) pairs.push([other, path]);
  }
  return pairs;
}

/** Pairs of one of these paths and one of the others, which are the same without case and composition, and no more. */
function pairsBetween(paths: readonly string[], others: Iterable<string>): Pair[] {
  const own = new Set(paths);
  const folded = new Map<string, string[]>();
  for (const other of others) {
    if (own.has(other)) continue;
    const name = foldedName(other);
    folded.set(name, [...(folded.get(name) ?? []), other]);
  }
  if (folded.size === 0) return [];
  return paths.flatMap((path) => (folded.get(foldedName(path)) ?? []).map((other): Pair => [path, other]));
}

function foldedName(path: string): string {
  // Both ways, because some letters have a capital of several letters, or one that they share.
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

async function tellsApart(destination: Destination, written: string, read: string): Promise<boolean> {
  const path = `${STATE_DIRECTORY}/${written}`;
  const staged = await destination.stage(path);
  try {
    await staged.write(Uint8Array.of(1));
    await staged.seal({});
    await staged.publish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
  try {
    return (await destination.stat(`${STATE_DIRECTORY}/${read}`)) === undefined;
  } finally {
    await destination.remove(path);
  }
}
