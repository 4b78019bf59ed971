import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { simulatedStore, type TestStore } from '../support/store.ts';
import { SMALL } from './copy-scenario.ts';
import { noise } from './noise.ts';

/** The destination holds other versions of some observations, some of its own, and another dataset. */
export async function otherStore(destination: string): Promise<void> {
  const same = await simulatedStore(destination, { ...SMALL, observations: 4, seed: 2, eventsPerObservation: 30 });
  const { entry } = await anotherDataset(destination);
  const master = JSON.parse(await readFile(same.master, 'utf8')) as { datasets: unknown[] };
  await writeFile(same.master, JSON.stringify({ datasets: [...master.datasets, entry] }, null, 2));
}

export async function anotherDataset(destination: string): Promise<{ entry: unknown }> {
  const options = { ...SMALL, observations: 2, name: 'other', indexDir: 'other', firstObsId: 200_000 };
  const { master } = await simulatedStore(destination, options);
  const [entry] = (JSON.parse(await readFile(master, 'utf8')) as { datasets: unknown[] }).datasets;
  // It is the only dataset as long as the caller writes no other master index.
  return { entry };
}

/** As a program leaves it that writes to the final name and is interrupted. */
export async function cutOffFiles(destination: string, source: TestStore): Promise<void> {
  for (const [position, id] of source.ids.slice(0, 3).entries()) {
    const path = join(destination, source.fileOf(id));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await readFile(join(source.directory, source.fileOf(id))));
    await truncate(path, position * 1000);
  }
}

/** Of the same size and time as those of the source, so that only the content tells them apart. */
export async function damagedFiles(destination: string, source: TestStore): Promise<void> {
  for (const id of source.ids.slice(0, 4)) {
    const [from, to] = [join(source.directory, source.fileOf(id)), join(destination, source.fileOf(id))];
    const content = await readFile(from);
    content.writeUInt8(content.readUInt8(1000) ^ 1, 1000);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, content);
    const { atime, mtime } = await stat(from);
    await utimes(from, atime, mtime);
    await utimes(to, atime, mtime);
  }
}

/** Gives all data files of a source other content, and all but large ones another size. */
export async function renewSource(source: string): Promise<void> {
  for (const name of await readdir(join(source, 'data'))) {
    const path = join(source, 'data', name);
    const { size } = await stat(path);
    await writeFile(path, noise(size > 1_000_000 ? size : size >> 1));
  }
}
