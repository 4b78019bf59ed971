import { spawn } from 'node:child_process';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { built, builtProgram, itNeeds } from '../support/require.ts';
import { programEnv } from '../support/run-program.ts';
import { readRows, simulatedStore, type TestStore } from '../support/store.ts';
import { tempDirectory } from '../support/temp.ts';

const KILLS = 20;

interface Run {
  readonly killed: boolean;
  readonly elapsedMs: number;
}

/** Runs csiactcopy, and kills it after a while if it still runs. */
function copy(cwd: string, args: readonly string[], killAfterMs?: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const program = spawn(process.execPath, [builtProgram('csiactcopy'), ...args], {
      cwd,
      env: programEnv(cwd),
      stdio: 'pipe',
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => program.kill('SIGKILL'), killAfterMs);
    let errors = '';
    program.stderr.on('data', (text) => (errors += text));
    program.on('close', (status, signal) => {
      clearTimeout(timer);
      if (signal === null && status !== 0) reject(new Error(`csiactcopy ended with ${status}: ${errors}`));
      else resolve({ killed: signal === 'SIGKILL', elapsedMs: performance.now() - started });
    });
  });
}

/** Every file under its own name is what the source holds, and every row of a visible index names such a file. */
async function expectConsistent(store: TestStore, directory: string): Promise<void> {
  const present = new Set(await readdir(join(directory, 'data')).catch(() => []));
  for (const name of present) {
    if (name.endsWith('.part')) continue;
    const [found, wanted] = await Promise.all(
      [join(directory, 'data', name), join(store.directory, 'data', name)].map((path) => readFile(path)),
    );
    expect(wanted !== undefined && found?.equals(wanted), name).toBe(true);
  }
  const visible = new Set(await readdir(directory).catch(() => []));
  if (visible.has('hdu-index.fits.gz')) {
    const rows = await readRows(join(directory, 'hdu-index.fits.gz'));
    for (const row of rows) expect(present.has(String(row['FILE_NAME']))).toBe(true);
  }
  if (visible.has('obs-index.fits.gz')) expect(visible.has('hdu-index.fits.gz')).toBe(true);
  if (visible.has('master.json')) expect(visible.has('obs-index.fits.gz')).toBe(true);
}

async function contentOf(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const content = new Map<string, string>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    content.set(path.slice(directory.length), entry.isFile() ? (await readFile(path)).toString('base64') : '');
  }
  return new Map([...content].sort());
}

/** Numbers between 0 and 1, the same in every run. */
function* fractions(): Generator<number> {
  for (let state = 12345; ; ) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

describe('csiactcopy', () => {
  const scenarios = [
    { name: 'a full copy', prepare: [], args: [] },
    {
      name: 'a run list over what is there, clobber=yes',
      prepare: ['runlist=first.lis'],
      args: ['runlist=second.lis'],
    },
    {
      name: 'a run list over what is there, clobber=no',
      prepare: ['runlist=first.lis'],
      args: ['runlist=second.lis', 'clobber=no'],
    },
  ] as const;

  for (const { name, prepare, args } of scenarios) {
    itNeeds(built())(
      `killed at ${KILLS} moments of ${name}, never shows half a file, and ends as if never killed`,
      async () => {
        const folder = await tempDirectory();
        const store = await simulatedStore(join(folder, 'store'), { observations: 40 });
        const list = async (file: string, ids: readonly number[]) => {
          await writeFile(join(folder, file), ids.join('\n'));
        };
        await list('first.lis', store.ids.slice(0, 25));
        await list('second.lis', store.ids.slice(10));
        const common = ['remote_master=store/master.json', 'prodname=simulated', 'logfile=NONE'];
        if (prepare.length > 0) await copy(folder, [...common, 'outpath=before', ...prepare]);
        const fresh = async (place: string) => {
          await rm(join(folder, place), { recursive: true, force: true });
          if (prepare.length > 0)
            await cp(join(folder, 'before'), join(folder, place), { recursive: true, preserveTimestamps: true });
        };
        await fresh('wanted');
        const { elapsedMs } = await copy(folder, [...common, 'outpath=wanted', ...args]);
        const wanted = await contentOf(join(folder, 'wanted'));
        const random = fractions();
        let kills = 0;
        for (let round = 0; kills < KILLS && round < 3 * KILLS; round++) {
          if (round % 4 === 0) await fresh('out');
          const { killed } = await copy(
            folder,
            [...common, 'outpath=out', ...args],
            elapsedMs * (random.next().value as number),
          );
          if (killed) kills += 1;
          await expectConsistent(store, join(folder, 'out'));
        }
        expect(kills).toBeGreaterThanOrEqual(KILLS / 2);
        await copy(folder, [...common, 'outpath=out', ...args]);
        expect(await contentOf(join(folder, 'out'))).toEqual(wanted);
      },
    );
  }
});
