// Bundles each program by itself with just the code that it needs, so that it starts fast; what talks to a server is in
// files of its own that are loaded when one is asked for.
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const programs = readdirSync('bin').filter((name) => name.endsWith('.ts'));
rmSync('dist', { recursive: true, force: true });
for (const name of programs) {
  const program = name.replace('.ts', '');
  await build({
    entryPoints: [`bin/${name}`],
    outdir: 'dist/bin',
    splitting: true,
    chunkNames: `${program}-[hash]`,
    ...common,
  });
  chmodSync(`dist/bin/${program}.js`, 0o755);
}
// A thread looks for its code beside the bundle that starts it.
await build({ entryPoints: ['src/storage/disk-copy-worker.ts'], outdir: 'dist/bin', ...common });
