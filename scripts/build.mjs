// Bundles each program by itself with just the code that it needs, so that it starts fast; what a subcommand does, and
// what talks to a server, is in files of its own that are loaded when one is asked for.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { directImports } from './direct-imports.mjs';

// Packages that are in devDependencies and that a program imports are bundled with it: commander and picocolors, which each
// start uses. Files of their own take longer to find than to read.
const { dependencies, engines } = JSON.parse(readFileSync('package.json', 'utf8'));

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
const versions = engines.node.match(/[\d.]+/g).map((version) => `${version}+`);

/**
 * What is started. It imports nothing by itself: where Node is older, imports that it lacks would end it with a stack trace before
 * a line of ours is run. What it looks for came with 20.16 and 22.3.
 */
function startOf(program) {
  const needed = `${program}: error: Node.js ${versions.join(' or ')} is needed, and this is `;
  return `#!/usr/bin/env node
if (process.getBuiltinModule) await import('./${program}-main.js');
else {
  process.stderr.write(\`${needed}\${process.version}.\\n\`);
  process.exitCode = 1;
}
`;
}

const programs = readdirSync('bin').filter((name) => name.endsWith('.ts'));
rmSync('dist', { recursive: true, force: true });
const bundled = new Set();
for (const name of programs) {
  const program = name.replace('.ts', '');
  const { metafile } = await build({
    entryPoints: [{ in: `bin/${name}`, out: `${program}-main` }],
    outdir: 'dist/bin',
    splitting: true,
    chunkNames: `${program}-[hash]`,
    ...common,
  });
  for (const path of Object.keys(metafile.inputs)) bundled.add(/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  writeFileSync(`dist/bin/${program}.js`, startOf(program));
  chmodSync(`dist/bin/${program}.js`, 0o755);
}
// A thread looks for its code beside the bundle that starts it.
await build({ entryPoints: ['src/storage/disk-copy-worker.ts'], outdir: 'dist/bin', ...common });
const packages = [...bundled].filter((name) => name !== undefined).sort();
const licences = packages.map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8')}`);
writeFileSync('dist/bin/LICENSES.txt', `The programs hold these packages.\n\n${licences.join('\n\n')}`);
