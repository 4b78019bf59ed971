import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar';
import { describe, expect } from 'vitest';
import { built, itNeeds, program } from './support/require.ts';
import { simulatedStore } from './support/store.ts';
import { tempDirectory } from './support/temp.ts';

// What `npm pack` makes is all that a user has.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const packed = itNeeds(built(), program('npm'));

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
}

/** Runs a program; what it prints. @throws if it fails, with all that it printed. */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** A project with the package in it, as `npm install` leaves it. */
async function project(): Promise<{ directory: string; installed: string; manifest: Manifest }> {
  const directory = await tempDirectory();
  const installed = join(directory, 'node_modules/iactools');
  await mkdir(installed, { recursive: true });
  const answer = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], ROOT);
  const [{ filename }] = JSON.parse(answer) as [{ filename: string }];
  await extract({ file: join(directory, filename), cwd: installed, strip: 1 });
  await symlink(MODULES, join(installed, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{"type": "module"}');
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  return { directory, installed, manifest };
}

describe('the package', () => {
  packed('has all that its programs need', async () => {
    const { directory, installed, manifest } = await project();
    for (const [name, path] of Object.entries(manifest.bin)) {
      expect(run(process.execPath, [join(installed, path), '--version'], directory)).toContain(manifest.version);
      expect(run(process.execPath, [join(installed, path), '--help'], directory)).toContain(name);
    }
    const iact = join(installed, manifest.bin['iact'] ?? '');
    run(process.execPath, [iact, 'simulate', 'store', '--observations', '2', '--events', '50'], directory);
    run(process.execPath, [iact, 'copy', 'store', 'copy'], directory);
    expect(run(process.execPath, [iact, 'verify', 'copy'], directory)).toMatch(/^\d+ files as they should be/);
    const listed = ['datapath=copy', 'debug=yes', 'logfile=NONE'];
    const csiactdata = join(installed, manifest.bin['csiactdata'] ?? '');
    const { stdout } = spawnSync(process.execPath, [csiactdata, ...listed], {
      cwd: directory,
      encoding: 'utf8',
      env: { PFILES: directory },
    });
    expect(stdout).toMatch(/Name \.+: simulated\n/);
  });

  packed('has the modules that it exports, and their types; the example of the README works', async () => {
    const { directory, installed, manifest } = await project();
    const paths = Object.values(manifest.exports).flatMap((entry) => [entry.types, entry.default]);
    for (const path of paths) expect(existsSync(join(installed, path)), path).toBe(true);
    await simulatedStore(join(directory, 'data'), { observations: 2 });
    const example = /```ts\n([\s\S]*?)```/.exec(await readFile(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? '';
    const names = Object.keys(manifest.exports).map((path) => path.replace('.', 'iactools'));
    const imports = names.map((name, i) => `import * as module${i} from '${name}';`);
    const counts = names.map((_, i) => `console.log(Object.keys(module${i}).length > 0);`);
    await writeFile(join(directory, 'program.ts'), [...imports, example, ...counts].join('\n'));
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, types: ['node'] };
    const typeRoots = [join(MODULES, '@types')];
    await writeFile(
      join(directory, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...compilerOptions, typeRoots }, files: ['program.ts'] }),
    );
    run(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', directory], directory);
    const printed = run(process.execPath, ['program.js'], directory);
    expect(printed).toBe(`simulated true\n${'true\n'.repeat(names.length)}`);
  });
});
