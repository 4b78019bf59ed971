// Bundles each program into one file, so that it starts fast, with the code that they share in chunks beside them.
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const programs = readdirSync('bin').filter((name) => name.endsWith('.ts'));
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: programs.map((name) => `bin/${name}`),
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
});
for (const name of programs) chmodSync(`dist/bin/${name.replace('.ts', '.js')}`, 0o755);
