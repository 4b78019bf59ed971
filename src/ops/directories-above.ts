import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LocalSource } from '../storage/index.ts';

/** Identities of the directories above one of this machine. They hold other stores: a link to them is not followed. */
export async function directoriesAbove(directory: string): Promise<string[]> {
  const identities: string[] = [];
  for (let at = await realpath(directory || '.'); at !== dirname(at); ) {
    at = dirname(at);
    const identity = (await new LocalSource(at).stat(''))?.identity;
    if (identity !== undefined) identities.push(identity);
  }
  return identities;
}
