// npm run fuzz [-- TARGET ...]: gives the parsers inputs that are near to right, until the time is over.
//
// IACT_FUZZ_SECONDS  seconds for each target (60)
// IACT_FUZZ_SEED     the first seed (the time of day); a run with the same seed tries the same inputs
//
// Each target runs in a process of its own, and must stay within: HEAP_MB of JavaScript heap, RESIDENT_MB of memory in all,
// SILENT_SECONDS for an input and those around it. What breaks a target is saved in fuzz-failures/, with its seed.
import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const HEAP_MB = 256;
const RESIDENT_MB = 1024;
const SILENT_SECONDS = 20;

const ALL = ['fits', 'gzip', 'index', 'store', 'json', 'par', 'runlist', 'filter', 'location', 'path'];
const seconds = Number(process.env.IACT_FUZZ_SECONDS ?? 60);
const firstSeed = Number(process.env.IACT_FUZZ_SEED ?? Date.now() % 1_000_000_000);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !ALL.includes(name));
if (unknown.length > 0) {
  console.error(`There is no fuzz target ${unknown.join(', ')}. There are: ${ALL.join(', ')}.`);
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), 'iactools-fuzz-'));
const program = resolve('test/fuzz', `.fuzz-${process.pid}.mjs`);
let failures = 0;
try {
  // Beside its source, so that it finds the files that it reads by their place.
  await build({
    entryPoints: ['test/fuzz/child.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
  for (const name of wanted.length > 0 ? wanted : ALL) {
    if (!(await fuzz(name))) failures++;
  }
} finally {
  rmSync(program, { force: true });
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

/** Runs a target for its time; after a failure it goes on with the next seed. */
async function fuzz(name) {
  const end = Date.now() + 1000 * seconds;
  let seed = firstSeed;
  let rounds = 0;
  let found = 0;
  for (; found < 5 && Date.now() < end - 200; seed++) {
    const result = await run(name, seed, (end - Date.now()) / 1000);
    rounds += result.rounds;
    if (result.reason === undefined) break;
    found++;
    mkdirSync('fuzz-failures', { recursive: true });
    const saved = join('fuzz-failures', `${name}-${seed}.bin`);
    copyFileSync(result.file, saved);
    console.log(
      `${name}: seed ${seed} failed after about ${result.rounds} inputs: ${result.reason}\n  saved: ${saved}`,
    );
  }
  console.log(`${name}: ${rounds} inputs from seed ${firstSeed}, ${found} failures`);
  return found === 0;
}

function run(name, seed, forSeconds) {
  const file = join(work, `${name}-${seed}.bin`);
  const child = fork(program, [name, seed, forSeconds, file, RESIDENT_MB].map(String), {
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let rounds = 0;
  let errors = '';
  let silent = false;
  let timer;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent = true;
      child.kill('SIGKILL');
    }, 1000 * SILENT_SECONDS);
  };
  watch();
  child.on('message', (message) => {
    rounds = message.rounds;
    watch();
  });
  child.stderr.on('data', (piece) => {
    errors = (errors + piece).slice(0, 4000);
  });
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const ended = silent ? `no answer for ${SILENT_SECONDS} s` : errors.trim() || `ended by ${signal ?? code}`;
      done({ rounds, file, reason: code === 0 && !silent ? undefined : ended });
    });
  });
}
