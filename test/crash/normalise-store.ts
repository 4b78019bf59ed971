import type { Tree, TreeEntry, TreeFile } from './tree.ts';

/**
 * What of a store must be the same whether it was copied at once or after crashes: all files with their bytes and modes,
 * and the times of data files. Index files carry the time at which they were written, and so do records that tell of them.
 */
export function normaliseStore(tree: Tree): Tree {
  const normal = new Map<string, TreeEntry>();
  for (const [path, entry] of tree) {
    if (entry.kind !== 'file') normal.set(path, entry);
    else if (path.endsWith('.jsonl')) normal.set(path, { ...entry, mtimeMs: undefined, content: lastRecords(entry) });
    else normal.set(path, isMade(path) ? { ...entry, mtimeMs: undefined } : entry);
  }
  return normal;
}

function isMade(path: string): boolean {
  return /(^|\/)(master\.json|(hdu|obs)-index\.fits(\.gz)?)$/.test(path);
}

/** The last record of each path, by path, without its time; text that is no record stays as it is. */
function lastRecords({ content }: TreeFile): Buffer {
  const records = new Map<string, string>();
  for (const line of content.toString().split('\n')) {
    if (line === '') continue;
    try {
      const { time: _, ...record } = JSON.parse(line) as Record<string, unknown>;
      if (isMade(String(record['path']))) delete record['mtime'];
      records.set(String(record['path'] ?? line), JSON.stringify(record));
    } catch {
      records.set(line, line);
    }
  }
  const sorted = [...records].sort(([left], [right]) => (left < right ? -1 : 1));
  return Buffer.from(sorted.map(([, record]) => `${record}\n`).join(''));
}
