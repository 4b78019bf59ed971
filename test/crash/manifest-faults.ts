import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
    if (file?.kind !== 'file' || digestOf(file.content) === sha256) return [];
    return [`"${path}" is not what the manifest says`];
  });
}

/** Writes the manifest of a store as a copy that has brought this file leaves it. */
export async function noteFile(directory: string, path: string, content: Uint8Array): Promise<void> {
  const source = `/source/${path}`;
  const entry = { path, size: content.length, sha256: digestOf(content), source, time: new Date(0).toISOString() };
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(entry)}\n`);
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
