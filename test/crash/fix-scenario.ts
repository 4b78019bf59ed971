import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyFix, indexStore, planFix } from '../../src/ops/index.ts';
import { FIRST_FILE, writeEditedStore } from '../../src/validate/testing/edited-store.ts';
import { card, withoutCard } from '../../src/validate/testing/edits.ts';
import { writeManifest } from '../support/manifest.ts';
import { normaliseStore } from './normalise-store.ts';
import type { Known, Place, Scenario } from './scenario.ts';
import { isUnfinished } from './store-invariants.ts';
import type { Tree, TreeEntry, TreeFile } from './tree.ts';

const STORE = 'out';
const BACKUP = `${STORE}/.iact/backup/`;

/** `iact check --fix` of a store with faults in data files, an index and the master index. */
export function fixScenario(): Scenario {
  return {
    name: 'a repair',
    prepare: async ({ world, source }) => {
      await faultyStore(join(world, STORE));
      // What a repair makes of it: no time stands in it, so that it is the same each time.
      await cp(join(world, STORE), join(source, STORE), { recursive: true });
      await repair({ world: source, source });
    },
    run: repair,
    invariants: async (crashed, known) => faultsOf(crashed, known),
    isState: (path) => isUnfinished(path) && !path.startsWith(BACKUP) && !path.endsWith('.jsonl'),
    normalise: normaliseRepaired,
  };
}

async function repair({ world }: Place): Promise<void> {
  const refuse = ({ message }: { readonly message: string }): never => {
    throw new Error(`a rule failed: ${message}`);
  };
  const plan = await planFix(join(world, STORE), { onFinding: () => undefined, onFailure: refuse });
  if (plan.files.length > 0 || plan.unfinished.length > 0) await applyFix(plan, { program: 'test' });
}

async function faultyStore(store: string): Promise<void> {
  await writeEditedStore(store, {
    options: { withoutHdus: ['psf', 'bkg', 'edisp'] },
    hdus: { EVENTS: card('TELAPSE', 0), GTI: withoutCard('HDUCLAS1') },
  });
  const [second = ''] = (await readdir(join(store, 'data'))).filter((name) => !FIRST_FILE.endsWith(name));
  const path = join(store, 'data', second);
  const bytes = await readFile(path);
  bytes.write('9', bytes.indexOf('TELAPSE =') + 29, 'latin1');
  await writeFile(path, bytes);
  const existing = { existing: 'replace', program: 'test' } as const;
  await indexStore({ directory: store, withSize: true, withMd5: true, ...existing });
  const master = JSON.parse(await readFile(join(store, 'master.json'), 'utf8')) as { datasets: object[] };
  const datasets = master.datasets.map((entry) => ({ ...entry, 'Total events': 7 }));
  await writeFile(join(store, 'master.json'), JSON.stringify({ ...master, datasets }));
  await writeManifest(store, [FIRST_FILE, `data/${second}`, 'hdu-index.fits', 'obs-index.fits', 'master.json']);
}

/** Every file is the original or what the repair makes of it, and no original is lost. */
function faultsOf(crashed: Tree, { before, source }: Known): string[] {
  const faults: string[] = [];
  for (const [path, original] of before) {
    if (original.kind !== 'file') continue;
    const found = fileOf(crashed, path);
    if (found?.content.equals(original.content)) continue;
    const isRepaired = path.endsWith('.jsonl') || found?.content.equals(fileOf(source, path)?.content ?? Buffer.of());
    if (!isRepaired) faults.push(`"${path}" is neither the original nor the repaired file`);
    const kept = [...crashed].some(
      ([each, entry]) => isBackupOf(each, path) && entry.kind === 'file' && entry.content.equals(original.content),
    );
    if (!kept) faults.push(`the original of "${path}" is lost`);
  }
  return faults;
}

function isBackupOf(path: string, original: string): boolean {
  return path.startsWith(BACKUP) && path.endsWith(`/files/${original.slice(STORE.length + 1)}`);
}

function fileOf(tree: Tree, path: string): TreeFile | undefined {
  const entry = tree.get(path);
  return entry?.kind === 'file' ? entry : undefined;
}

/**
 * Backups together, as of one repair; without the times at which files were repaired. Where nothing is left to be done, a
 * claim of a process that has ended stays for the next command that needs the lock.
 */
function normaliseRepaired(tree: Tree): Tree {
  const others = new Map<string, TreeEntry>();
  const kept = new Map<string, TreeEntry>();
  const originals = new Map<string, unknown>();
  for (const [path, entry] of [...tree].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const [, inBackup] = path.startsWith(BACKUP) ? (/^[^/]+(?:\/(.*))?$/.exec(path.slice(BACKUP.length)) ?? []) : [];
    if (/\/\.iact\/lock-[^/]*$/.test(path)) continue;
    if (!path.startsWith(BACKUP)) others.set(path, entry.kind === 'file' ? { ...entry, mtimeMs: undefined } : entry);
    else if (inBackup === 'manifest.jsonl' && entry.kind === 'file') noteOriginals(entry.content, originals);
    else if (inBackup !== undefined && !kept.has(`${BACKUP}${inBackup}`)) kept.set(`${BACKUP}${inBackup}`, entry);
  }
  const noted = Buffer.from(JSON.stringify([...originals].sort(([left], [right]) => (left < right ? -1 : 1))));
  const manifest: TreeEntry = { kind: 'file', content: noted, mode: 0o644, mtimeMs: undefined };
  return new Map([...normaliseStore(others), ...kept, [`${BACKUP}manifest`, manifest]]);
}

function noteOriginals(content: Buffer, originals: Map<string, unknown>): void {
  const records = content
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { path?: string; before?: unknown; finished?: string });
  if (!records.some(({ finished }) => typeof finished === 'string')) originals.set('unfinished', true);
  for (const { path, before } of records) if (path !== undefined && !originals.has(path)) originals.set(path, before);
}
