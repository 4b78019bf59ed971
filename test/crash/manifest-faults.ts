import { createHash } from 'node:crypto';
import type { Tree } from './tree.ts';

const MANIFEST = '.iact/manifest.jsonl';

/** Files that are not what the manifest of a store says of them, a line for each. */
export function manifestFaults(store: Tree): string[] {
  const manifest = store.get(MANIFEST);
  if (manifest?.kind !== 'file') return [];
  const lines = manifest.content.toString().split('\n').filter(Boolean);
  return lines.flatMap((line) => {
    const { path, sha256 } = JSON.parse(line) as { path: string; sha256: string };
    const file = store.get(path);
    if (file?.kind !== 'file' || createHash('sha256').update(file.content).digest('hex') === sha256) return [];
    return [`"${path}" is not what the manifest says`];
  });
}
