import './file-calls.ts';
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempDirectory } from '../support/temp.ts';
import { type Proof, prove } from './prove.ts';
import type { Place, Scenario } from './scenario.ts';
import { scratchDirectory } from './scratch-directory.ts';
import type { TreeFile } from './tree.ts';

const NAMES = ['one', 'two', 'three'];
const CONTENT = 'content of a file';

/** A program that makes three files in this way. */
function scenario(make: (directory: string, name: string, tell: (text: string) => void) => Promise<void>): Scenario {
  return {
    name: 'three files',
    prepare: async ({ world }) => writeFile(join(world, 'one'), 'as it was'),
    run: async ({ world }, tell) => {
      for (const name of NAMES) await make(world, name, tell);
    },
    invariants: async (tree) =>
      [...tree].flatMap(([path, entry]) => {
        const text = (entry as TreeFile).content.toString();
        return !NAMES.includes(path) || text === CONTENT || text === 'as it was' ? [] : [`"${path}" is "${text}"`];
      }),
    isState: (path) => path.includes('part'),
    normalise: (tree) =>
      new Map([...tree].map(([path, entry]) => [path, { ...entry, mtimeMs: undefined } as TreeFile])),
  };
}

async function proofOf(given: Scenario, options = { states: 1000, ticks: 1000 }): Promise<Proof> {
  const { folder, remove } = scratchDirectory();
  onTestFinished(remove);
  const place: Place = { world: join(folder, 'world'), source: join(folder, 'source') };
  for (const directory of Object.values(place)) await mkdir(directory);
  return prove(given, place, { ...options, seed: 1 });
}

interface Steps {
  readonly sync?: boolean;
  readonly syncDirectory?: boolean;
}

/** As one writes a file that shall be there whole or not at all; with steps left out, as one should not. */
async function replaceFile(directory: string, name: string, { sync = true, syncDirectory = true }: Steps = {}) {
  const partial = join(directory, `${name}.part`);
  const file = await open(partial, 'w');
  await file.write(CONTENT);
  if (sync) await file.sync();
  await file.close();
  await rename(partial, join(directory, name));
  if (!syncDirectory) return;
  const parent = await open(directory, 'r');
  await parent.sync();
  await parent.close();
}

describe('prove()', () => {
  it('finds nothing wrong with files that are written beside their names, synced and renamed', async () => {
    const proof = await proofOf(scenario((directory, name) => replaceFile(directory, name)));
    expect(proof.faults).toEqual([]);
    expect(proof.tried).toBe(proof.distinct);
    expect(proof.tried).toBeGreaterThan(20);
  });

  it('finds files that are written under their names', async () => {
    const { faults } = await proofOf(scenario((directory, name) => writeFile(join(directory, name), CONTENT)));
    expect(faults.join('\n')).toMatch(/killed.*write cut off/);
  });

  it('finds files that are renamed without a sync', async () => {
    const { faults } = await proofOf(scenario((directory, name) => replaceFile(directory, name, { sync: false })));
    expect(faults.join('\n')).toMatch(/power lost.*content lost/);
    expect(faults.join('\n')).not.toContain('killed');
  });

  it('finds what is not lasting when the program has ended', async () => {
    const { faults } = await proofOf(
      scenario((directory, name) => replaceFile(directory, name, { syncDirectory: false })),
    );
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatch(/after the end: "(one|two|three)"/);
  });

  it('finds a list that names files before their names are lasting', async () => {
    const listing = (syncDirectory: boolean) => {
      const given = scenario(async (directory, name) => {
        const known = await readFile(join(directory, 'list'), 'utf8').catch(() => '');
        if (known.split('\n').includes(name)) return;
        await replaceFile(directory, name, { syncDirectory });
        await appendFile(join(directory, 'list'), `\n${name}\n`);
      });
      // Lines that were cut off and empty ones do not count.
      const normalise: Scenario['normalise'] = (tree) =>
        given.normalise(new Map([...tree].filter(([path]) => path !== 'list')));
      return { ...given, normalise };
    };
    expect((await proofOf(listing(false))).faults.join('\n')).toMatch(/power lost.*\n.*"(one|two|three)"/);
    expect((await proofOf(listing(true))).faults).toEqual([]);
  });

  it('finds what a second run leaves behind, or does twice', async () => {
    let count = 0;
    const leaving = scenario(async (directory, name) => {
      count += 1;
      const partial = join(directory, `part-${count}`);
      await writeFile(partial, CONTENT, { flush: true });
      await rename(partial, join(directory, name));
    });
    expect((await proofOf(leaving)).faults.join('\n')).toMatch(/"part-\d+" should not be there/);
    const twice = scenario(async (directory, name, tell) => {
      await replaceFile(directory, name);
      tell(`fetched ${name}`);
    });
    expect((await proofOf(twice)).faults.join('\n')).toMatch(/"one" was fetched twice/);
  });

  it('finds a second run that fails', async () => {
    const once = scenario((directory, name) =>
      name === 'one' ? replaceFile(directory, name) : writeFile(join(directory, name), CONTENT, { flag: 'wx' }),
    );
    expect((await proofOf(once)).faults.join('\n')).toMatch(/run again: EEXIST/);
  });

  it('tries fewer states, but each kind of call', async () => {
    const some = await proofOf(
      scenario((directory, name) => replaceFile(directory, name)),
      { states: 1, ticks: 5 },
    );
    expect(some.tried).toBeLessThan(some.distinct + 1);
    expect(some.tried).toBeGreaterThan(5);
  });

  it('refuses a recording that does not explain what happened', async () => {
    const folder = await tempDirectory();
    const hidden = scenario(async (directory, name) => {
      // As if a call had escaped: the recorder sees a file come, and not that it goes.
      await replaceFile(directory, name);
      execFileSync('rm', [join(directory, name)]);
    });
    await expect(proofOf(hidden)).rejects.toThrow(/the recorder has missed calls:\n"one" should not be there/);
    const elsewhere = scenario(() => writeFile(join(folder, 'outside'), ''));
    await expect(proofOf(elsewhere)).rejects.toThrow(/changed outside of the destination/);
  });
});
