/** No more names than this are compared: a table has at most 999 columns. */
const MAX_NAMES = 2000;
/** Longer names are not worth the time. */
const MAX_LENGTH = 80;

/**
 * The names that a mistyped one most likely meant, best first, at most `limit`: those within a third of its length in
 * edits, without regard to case, and those that begin with it or that it begins with.
 */
export function nearestNames(wanted: string, names: readonly string[], limit = 3): string[] {
  const target = wanted.toLowerCase().slice(0, MAX_LENGTH);
  if (target === '') return [];
  const allowed = Math.max(1, Math.floor(target.length / 3));
  return names
    .slice(0, MAX_NAMES)
    .map((name) => ({ name, edits: rank(target, name.toLowerCase().slice(0, MAX_LENGTH)) }))
    .filter(({ edits }) => edits <= allowed)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, limit)
    .map(({ name }) => name);
}

function rank(target: string, name: string): number {
  const oneBeginsTheOther =
    target.length > 1 && name.length > 1 && (name.startsWith(target) || target.startsWith(name));
  return oneBeginsTheOther ? 1 : editDistance(target, name);
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (older[j - 2] ?? 0) + 1);
      }
      current.push(edits);
    }
    older = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
