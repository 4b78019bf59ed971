// Runs the benchmarks: `npm run bench`, `npm run bench -- NAME ...`, `npm run bench -- --quick` (small sizes; only shows
// that they run). Prints what was measured as ratios within one run.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const quick = process.argv.includes('--quick');
const names = readdirSync(here)
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.replace('.bench.ts', ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

const outdir = join(here, '../dist/bench');
await build({
  entryPoints: [
    ...names.map((name) => ({ in: join(here, `${name}.bench.ts`), out: `${name}.bench` })),
    { in: join(here, '../src/storage/disk-copy-worker.ts'), out: 'disk-copy-worker' },
  ],
  outdir,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}${quick ? ', quick: sizes are too small to mean much' : ''}`,
);
const folders = [];
try {
  for (const name of names) {
    const folder = mkdtempSync(join(tmpdir(), `iactools-bench-${name}-`));
    folders.push(folder);
    const { run } = await import(pathToFileURL(join(outdir, `${name}.bench.js`)).href);
    console.log(`\n${name} (load ${loadavg()[0].toFixed(1)})`);
    for await (const line of run({ folder, quick })) console.log(`  ${line}`);
  }
} finally {
  // At the end: on ext4 files are made slowly for minutes where many were just removed.
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
