import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes the manifest of a store as a copy that has brought these files leaves it. */
export async function writeManifest(directory: string, paths: readonly string[]): Promise<void> {
  const entries = await Promise.all(paths.map((path) => entryOf(directory, path)));
  await mkdir(join(directory, '.iact'), { recursive: true });
  await writeFile(
    join(directory, '.iact/manifest.jsonl'),
    entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  );
}

async function entryOf(directory: string, path: string): Promise<object> {
  const content = await readFile(join(directory, path));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, size: content.length, sha256, source: `/source/${path}`, time: new Date(0).toISOString() };
}
