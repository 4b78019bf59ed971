import { expect } from 'vitest';
import type { Destination, FileAttributes } from '../contract.ts';
import { isStagedName } from '../staged-name.ts';
import { contentOf } from './conformance.ts';

/** Writes a file through all its steps; discards it if one fails. */
export async function put(
  destination: Destination,
  path: string,
  content: Uint8Array,
  attributes: FileAttributes = { mode: 0o644, mtimeMs: 1_600_000_000_000 },
): Promise<void> {
  const staged = await destination.stage(path, { sizeBytes: content.length });
  try {
    if (content.length > 0) await staged.write(content);
    expect(await staged.seal(attributes)).toBe(content.length);
    await staged.sync();
    await staged.publish();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

/** Reads a file whole and compares it. */
export async function expectContent(destination: Destination, path: string, content: Uint8Array): Promise<void> {
  expect(Buffer.compare(await contentOf(destination, path), content), path).toBe(0);
}

/** Names of finished files and directories; `undefined` where the store does not tell. */
export async function namesIn(destination: Destination, path: string): Promise<string[] | undefined> {
  return (await allNamesIn(destination, path))?.filter((name) => !isStagedName(name));
}

/** Names of all that lies in a directory, also of unfinished files. */
export async function allNamesIn(destination: Destination, path: string): Promise<string[] | undefined> {
  return (await destination.list(path))?.map((entry) => entry.name);
}
