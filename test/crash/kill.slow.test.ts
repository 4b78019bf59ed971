import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished } from 'vitest';
import { built, builtProgram, itNeeds } from '../support/require.ts';
import { programEnv } from '../support/run-program.ts';
import { simulatedStore } from '../support/store.ts';
import { fractions } from './crash-states.ts';
import { noise } from './noise.ts';
import { normaliseStore } from './normalise-store.ts';
import { scratchDirectory } from './scratch-directory.ts';
import { storeInvariants } from './store-invariants.ts';
import { differences, readTree } from './tree.ts';

// `IACT_KILLS=2000 IACT_SEED=$RANDOM npx vitest run test/crash/kill.slow.test.ts` kills more often, at other moments.
const KILLS = Number(process.env['IACT_KILLS'] ?? 200);
const SEED = Number(process.env['IACT_SEED'] ?? 20261122);

/** Not one of those that are copied by a single call. */
const LARGE_BYTES = 18_000_000;

interface Request {
  readonly destination: string;
  /** A file with observation IDs; all observations without. */
  readonly runs?: string;
  /** What is there is left as it is. */
  readonly keep?: boolean;
}

interface Program {
  readonly name: string;
  args(request: Request): readonly string[];
}

const CSIACTCOPY: Program = {
  name: 'csiactcopy',
  args: ({ destination, runs, keep }) => [
    builtProgram('csiactcopy'),
    'remote_master=store/master.json',
    'prodname=simulated',
    'logfile=NONE',
    `outpath=${destination}`,
    ...(runs === undefined ? [] : [`runlist=${runs}`]),
    ...(keep ? ['clobber=no'] : []),
  ],
};

const IACT_COPY: Program = {
  name: 'iact copy',
  args: ({ destination, runs, keep }) => [
    builtProgram('iact'),
    'copy',
    'store',
    destination,
    ...(runs === undefined ? [] : ['--runlist', runs]),
    ...(keep ? ['--keep'] : []),
  ],
};

function hasIactCopy(): boolean {
  const { stdout } = spawnSync(process.execPath, [builtProgram('iact'), 'copy', '--help'], { encoding: 'utf8' });
  return stdout.includes('Usage: iact copy');
}

const PROGRAMS = built().present && hasIactCopy() ? [CSIACTCOPY, IACT_COPY] : [CSIACTCOPY];

const SCENARIOS = [
  { name: 'a full copy', before: undefined, request: {} },
  { name: 'a copy over what is there, replacing it', before: 'first.lis', request: { runs: 'second.lis' } },
  { name: 'a copy over what is there, keeping it', before: 'first.lis', request: { runs: 'second.lis', keep: true } },
] as const;

interface Run {
  readonly killed: boolean;
  readonly elapsedMs: number;
  /** When the destination was first seen to be worked on. */
  readonly beganMs: number;
}

/** Runs a program, and kills it after a while if it still runs. */
function run({ name, args }: Program, cwd: string, request: Request, killAfterMs?: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const elapsed = () => performance.now() - started;
    const child = spawn(process.execPath, args(request), { cwd, env: programEnv(cwd), stdio: 'pipe' });
    const killing = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    let beganMs = Number.POSITIVE_INFINITY;
    const watching = setInterval(() => {
      if (existsSync(join(cwd, request.destination, '.iact'))) beganMs = Math.min(beganMs, elapsed());
    }, 2);
    let errors = '';
    child.stdout.resume();
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(killing);
      clearInterval(watching);
      if (signal === null && status !== 0) reject(new Error(`${name} ended with ${status}: ${errors}`));
      else resolve({ killed: signal === 'SIGKILL', elapsedMs: elapsed(), beganMs: Math.min(beganMs, elapsed()) });
    });
  });
}

describe.each(PROGRAMS)('$name', (program) => {
  const kills = Math.ceil(KILLS / SCENARIOS.length / PROGRAMS.length);
  for (const [position, { name, before, request }] of SCENARIOS.entries()) {
    const title = `killed at ${kills} moments of ${name} (seed ${SEED}), never shows half a file, and ends as if never killed`;
    itNeeds(built())(
      title,
      async () => {
        const { folder, remove } = scratchDirectory();
        onTestFinished(remove);
        // So many that several threads copy.
        const store = await simulatedStore(join(folder, 'store'), { observations: 80 });
        await writeFile(join(folder, 'store', store.fileOf(store.ids[12] as number)), noise(LARGE_BYTES));
        await writeFile(join(folder, 'first.lis'), store.ids.slice(0, 25).join('\n'));
        await writeFile(join(folder, 'second.lis'), store.ids.slice(10).join('\n'));
        if (before !== undefined) await run(program, folder, { destination: 'before', runs: before });
        const fresh = async (place: string) => {
          await rm(join(folder, place), { recursive: true, force: true });
          if (before === undefined) return;
          await cp(join(folder, 'before'), join(folder, place), { recursive: true, preserveTimestamps: true });
        };
        await fresh('wanted');
        const { beganMs, elapsedMs } = await run(program, folder, { ...request, destination: 'wanted' });
        const known = {
          before: readTree(join(folder, 'before')),
          source: readTree(join(folder, 'store')),
          replaces: !('keep' in request),
        };
        const wanted = normaliseStore(readTree(join(folder, 'wanted')));
        const random = fractions(SEED + position);
        let done = 0;
        for (let round = 0; done < kills && round < 3 * kills; round++) {
          if (round % 4 === 0) await fresh('out');
          // Most of the time a program that has just been started only loads its code.
          const moment = 0.8 * beganMs + (elapsedMs - 0.8 * beganMs) * random.next().value;
          const { killed } = await run(program, folder, { ...request, destination: 'out' }, moment);
          if (killed) done += 1;
          expect(await storeInvariants(readTree(join(folder, 'out')), known), `round ${round}`).toEqual([]);
        }
        expect(done).toBeGreaterThanOrEqual(kills / 2);
        await run(program, folder, { ...request, destination: 'out' });
        expect(differences(normaliseStore(readTree(join(folder, 'out'))), wanted)).toEqual([]);
      },
      600_000,
    );
  }
});
