// Bundles each program into one file with just the code that it needs, so that it starts fast.
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const programs = readdirSync('bin').filter((name) => name.endsWith('.ts'));
rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: programs.map((name) => `bin/${name}`),
  outdir: 'dist/bin',
  bundle: true,
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
