// Bundles each program by itself with just the code that it needs, so that it starts fast; what a subcommand does, and
// what talks to a server, is in files of its own that are loaded when one is asked for.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { directImports } from './direct-imports.mjs';

// Packages that are in devDependencies and that a program imports are bundled with it: commander and picocolors, which each
// start uses. Files of their own take longer to find than to read.
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: Object.keys(dependencies),
  metafile: true,
  // Modules of Node are all that the bundled packages require.
  banner: { js: 'const require=process.getBuiltinModule;' },
  plugins: [directImports()],
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const programs = readdirSync('bin').filter((name) => name.endsWith('.ts'));
rmSync('dist', { recursive: true, force: true });
const bundled = new Set();
for (const name of programs) {
  const program = name.replace('.ts', '');
  const { metafile } = await build({
    entryPoints: [`bin/${name}`],
    outdir: 'dist/bin',
    splitting: true,
    chunkNames: `${program}-[hash]`,
    ...common,
  });
  for (const path of Object.keys(metafile.inputs)) bundled.add(/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  chmodSync(`dist/bin/${program}.js`, 0o755);
}
// A thread looks for its code beside the bundle that starts it.
await build({ entryPoints: ['src/storage/disk-copy-worker.ts'], outdir: 'dist/bin', ...common });
const packages = [...bundled].filter((name) => name !== undefined).sort();
const licences = packages.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`);
writeFileSync('dist/bin/LICENSES.txt', `The programs hold these packages.\n\n${licences.join('\n\n')}`);
