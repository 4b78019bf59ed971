import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar';
import { describe, expect } from 'vitest';
import { built, builtProgram, itNeeds, program } from './support/require.ts';
import { simulatedStore } from './support/store.ts';
import { tempDirectory } from './support/temp.ts';

// What `npm pack` makes is all that a user has.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(ROOT, 'node_modules');
const packed = itNeeds(built(), program('npm'));

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
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
  await writeFile(join(directory, 'package.json'), '{"type": "module"}');
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(manifest.dependencies)) {
    const linked = join(installed, 'node_modules', name);
    await mkdir(dirname(linked), { recursive: true });
    await symlink(join(MODULES, name), linked);
  }
  return { directory, installed, manifest };
}

describe('the package', () => {
  packed('has all that its programs need', async () => {
    const { directory, installed, manifest } = await project();
    for (const [name, path] of Object.entries(manifest.bin)) {
      expect(run(process.execPath, [join(installed, path), '--version'], directory)).toContain(manifest.version);
      expect(run(process.execPath, [join(installed, path), '--help'], directory)).toContain(name);
    }
    const licences = await readFile(join(installed, 'dist/bin/LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'picocolors']) expect(licences).toMatch(new RegExp(`^${name}$`, 'm'));
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

  packed('says which Node it needs, where that is older', async () => {
    const { directory, installed, manifest } = await project();
    const needed = `Node.js ${manifest.engines.node.replace(/^\^([\d.]+) \|\| >=([\d.]+)$/, '$1+ or $2+')}`;
    expect(await readFile(join(ROOT, 'README.md'), 'utf8')).toContain(needed);
    const older = ['--import', 'data:text/javascript,delete process.getBuiltinModule'];
    for (const [name, path] of Object.entries(manifest.bin)) {
      const args = [...older, join(installed, path), '--version'];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
      const message = `${name}: error: ${needed} is needed, and this is ${process.version}.\n`;
      expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: message });
      // An import that an older Node lacks would come before the message.
      expect(await readFile(join(installed, path), 'utf8')).not.toMatch(/^import\b/m);
    }
  });

  packed('has the modules that it exports, and their types; the example of the README works', async () => {
    const { directory, installed, manifest } = await project();
    const paths = Object.values(manifest.exports).flatMap((entry) => [entry.types, entry.default]);
    for (const path of paths) expect(existsSync(join(installed, path)), path).toBe(true);
    // The faces are in the programs, and no module shows them.
    for (const face of ['cli', 'ctools']) expect(existsSync(join(installed, 'dist/src', face)), face).toBe(false);
    await simulatedStore(join(directory, 'data'), { observations: 2 });
    const example = /```ts\n([\s\S]*?)```/.exec(await readFile(join(ROOT, 'README.md'), 'utf8'))?.[1] ?? '';
    const names = Object.keys(manifest.exports).map((path) => path.replace('.', 'iactools'));
    const imports = names.map((name, i) => `import * as module${i} from '${name}';`);
    // Whatever module an error comes from, it can be told from others.
    const counts = names.map(
      (_, i) => `console.log(new module0.IactError('usage', '') instanceof module${i}.IactError);`,
    );
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

/** The files that are loaded with a program. */
async function loadedWith(file: string, known: Map<string, string> = new Map()): Promise<Map<string, string>> {
  const text = await readFile(file, 'utf8');
  known.set(file, text);
  for (const [, path = ''] of text.matchAll(/\b(?:from|import)\s*"(\.[^"]+)"/g)) {
    const next = join(dirname(file), path);
    if (!known.has(next)) await loadedWith(next, known);
  }
  return known;
}

/** A text that only the code of a command has. */
const TEXTS = {
  copy: 'journal.jsonl',
  check: 'gadf-classes',
  repair: 'Completed the repair that was stopped',
  index: 'indexing.json',
  completion: '#compdef',
};

describe('iact', () => {
  const iact = builtProgram('iact');

  /** All files of the bundle that hold a text. */
  async function filesWith(text: string): Promise<string[]> {
    const names = (await readdir(dirname(iact))).filter((name) => /^iact[.-].*js$/.test(name));
    const files = names.map((name) => join(dirname(iact), name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return files.filter((_, position) => texts[position]?.includes(text));
  }

  itNeeds(built())('starts without the code of what it is not asked for', async () => {
    const loaded = [...(await loadedWith(builtProgram('iact-main'))).keys()];
    for (const [command, text] of Object.entries(TEXTS)) {
      const files = await filesWith(text);
      expect([command, files.length > 0, files.filter((file) => loaded.includes(file))]).toEqual([command, true, []]);
    }
  });

  itNeeds(built())('checks without the code of a repair', async () => {
    const [check = ''] = await filesWith('--dry-run and --yes go with --fix.');
    const loaded = [...(await loadedWith(check)).keys()];
    expect(loaded).toEqual(expect.arrayContaining(await filesWith(TEXTS.check)));
    for (const text of [TEXTS.repair, 'were replaced before']) {
      expect(loaded).not.toEqual(expect.arrayContaining(await filesWith(text)));
    }
  });
});
