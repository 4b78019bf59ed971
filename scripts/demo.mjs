// The main job, shown on a store that this script makes: list it, copy a part of it, copy another part over it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const place = mkdtempSync(join(tmpdir(), 'iactools-demo-'));
const bin = fileURLToPath(new URL('../dist/bin/', import.meta.url));
// Learned parameter values go to the demo's own folder, not to yours.
const env = { ...process.env, PFILES: join(place, 'pfiles') };
delete env.VHEFITS;

run('mkdir', ['pfiles']);
step('Make a store of six observations');
program('iact', ['simulate', 'remote', '--observations', '6', '--events', '500']);
program('iact', ['init', 'remote', '--force']);

step('List it');
program('csiactdata', ['debug=yes', 'datapath=remote']);

const ids = run('node', ['-e', listIds(), join(place, 'remote')], { quiet: true })
  .stdout.trim()
  .split('\n');
step('Copy the observations of a run list');
runList('first.lis', ids.slice(0, 3));
program('csiactcopy', [
  'runlist=first.lis',
  'remote_master=remote/master.json',
  'prodname=simulated',
  'outpath=local',
  'debug=yes',
]);

step('Copy another run list over it; what is there stays');
runList('second.lis', ids.slice(2, 5));
program('csiactcopy', [
  'runlist=second.lis',
  'remote_master=remote/master.json',
  'prodname=simulated',
  'outpath=local',
  'clobber=no',
  'debug=yes',
]);

step('What the copy is now');
program('iact', ['init', 'local', '--force']);
for (const path of readdirSync(join(place, 'local'), { recursive: true }).sort()) {
  const info = statSync(join(place, 'local', path));
  if (info.isFile()) console.log(`${String(info.size).padStart(9)}  local/${path}`);
}
console.log(`\nAll of it is in ${place}`);

function step(title) {
  console.log(`\n# ${title}`);
}

function runList(name, list) {
  writeFileSync(join(place, name), list.map((id) => `${id}\n`).join(''));
  console.log(`${name}: ${list.join(' ')}`);
}

/** Reads the observation IDs with the library itself. */
function listIds() {
  const library = new URL('../dist/src/ops/index.js', import.meta.url).href;
  return `
    import(${JSON.stringify(library)}).then(async ({ openStore, findDataset, indexPath, readIndexFile, hduIndexOf }) => {
      const store = await openStore(process.argv[1] + '/master.json');
      const index = hduIndexOf(await readIndexFile(store.source, indexPath(store, findDataset(store, 'simulated'), 'hdu'), 'HDU index'));
      const ids = new Set(Array.from({ length: index.ids.length }, (_, row) => index.ids.at(row)));
      console.log([...ids].join('\\n'));
    });`;
}

function program(name, args) {
  console.log(`$ ${[name, ...args].join(' ')}`);
  run(process.execPath, [join(bin, `${name}.js`), ...args]);
}

function run(command, args, { quiet = false } = {}) {
  const result = spawnSync(command, args, { cwd: place, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (!quiet) process.stdout.write(result.stdout ?? '');
  if (result.status !== 0) process.exit(result.status ?? 1);
  return result;
}
