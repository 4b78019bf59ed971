import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { FIRST_FILE, type StoreEdit, writeEditedStore } from '../validate/testing/edited-store.ts';
import { all, card, cells } from '../validate/testing/edits.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

const FAULTY: StoreEdit = {
  hdus: {
    EVENTS: card('TELAPSE', 0),
    GTI: card('HDUVERS', '9'),
    OBS_INDEX: cells('EVENT_COUNT', (count) => count + 1),
  },
};

async function faulty(edit: StoreEdit = FAULTY): Promise<string> {
  return writeEditedStore(join(await tempDirectory(), 'store'), edit);
}

describe('iact check --fix', () => {
  it('shows with --dry-run what would change, and writes nothing', async () => {
    const store = await faulty();
    const before = await readFile(join(store, FIRST_FILE));
    const { status, stdout } = await runIact(['check', store, '--fix', '--dry-run']);
    expect(stdout.split('\n')).toEqual([
      FIRST_FILE,
      '  [EVENTS] TELAPSE: 0 -> 1680 (telapse)',
      'obs-index.fits',
      expect.stringMatching(/^ {2}\[OBS_INDEX\] EVENT_COUNT, row 1: \d+ -> \d+ \(event-count\)$/),
      expect.stringMatching(/^ {2}\[OBS_INDEX\] EVENT_COUNT, row 2: \d+ -> \d+ \(event-count\)$/),
      'No repair for 1 note: gadf-version',
      'Would make 3 repairs in 2 files; nothing was written',
      '2 errors, 1 warning, 1 note in 2 data files',
      '',
    ]);
    expect([status, (await readFile(join(store, FIRST_FILE))).equals(before)]).toEqual([1, true]);
  });

  it('repairs with --yes, tells where the originals are, and what is left; then there is nothing to repair', async () => {
    const store = await faulty();
    const { status, stdout, stderr } = await runIact(['check', store, '--fix', '--yes']);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    const [, , , , , , ...left] = stdout.split('\n');
    expect(left).toEqual([
      `note     gadf-version: ${store}/${FIRST_FILE}[GTI], HDUVERS, OBS_ID 100001`,
      '         HDUVERS is "9".',
      '         (GADF v0.3 hduclass)',
      'Made 3 repairs in 2 files',
      expect.stringMatching(new RegExp(`^Originals: ${store}/.iact/backup/\\d{4}-\\d\\d-\\d\\dT[\\d-]{8}Z/files$`)),
      '0 errors, 0 warnings, 1 note in 2 data files',
      '',
    ]);
    const again = await runIact(['check', store, '--fix', '--yes']);
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('\nNothing to repair\n') });
  });

  it('completes a repair that was stopped behind its last change, and says so with --dry-run', async () => {
    const store = await faulty();
    await runIact(['check', store, '--fix', '--yes']);
    const backups = join(store, '.iact/backup');
    const [backup = ''] = await readdir(backups);
    const manifest = join(backups, backup, 'manifest.jsonl');
    const lines = (await readFile(manifest, 'utf8')).split('\n');
    const stopped = lines.filter((line) => !line.includes('"finished"')).join('\n');
    await writeFile(manifest, stopped);
    const { status, stdout } = await runIact(['check', store, '--fix', '--dry-run']);
    expect([status, stdout.split('\n')]).toEqual([
      0,
      [
        'No repair for 1 note: gadf-version',
        'Would complete the repair that was stopped; nothing was written',
        '0 errors, 0 warnings, 1 note in 2 data files',
        '',
      ],
    ]);
    expect(await readFile(manifest, 'utf8')).toBe(stopped);
    const done = await runIact(['check', store, '--fix', '--yes']);
    expect(done.stdout).toContain('\nCompleted the repair that was stopped\n0 errors');
    expect(await readFile(manifest, 'utf8')).toContain('"finished"');
  });

  it('tells that a store without master.json cannot be repaired, and what to do', async () => {
    const store = await faulty();
    await rm(join(store, 'master.json'));
    expect(await runIact(['check', store, '--fix', '--yes'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(`"iact init ${store}" writes one.`),
    });
  });

  it('ends with 1 where errors are left', async () => {
    const store = await faulty({ hdus: { EVENTS: all(card('TELAPSE', 0), card('DEADC', 7)) } });
    const { status, stderr } = await runIact(['check', store, '--fix', '--yes']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('has 3 errors, 0 warnings')]);
  });

  it('does not say of what it has refused that it can be repaired now', async () => {
    const damaged = (bytes: Uint8Array): Uint8Array =>
      bytes.map((byte, i) => (i === bytes.length - 4000 ? byte ^ 1 : byte));
    const store = await faulty({ ...FAULTY, bytes: { [FIRST_FILE]: damaged } });
    const { stdout } = await runIact(['check', store, '--fix', '--yes']);
    expect(stdout).toContain(`Not repaired: ${FIRST_FILE} (1 change)`);
    expect(stdout).toContain('Made 2 repairs in 1 file');
    expect(stdout).toContain('telapse');
    expect(stdout).not.toContain('can be repaired now');
  });

  it('says what can be repaired now, because a fault has hidden it', async () => {
    const moved = { [FIRST_FILE]: FIRST_FILE.replace('data/s', 'data/S') };
    const store = await faulty({ ...FAULTY, moved });
    const { stdout } = await runIact(['check', store, '--fix', '--yes']);
    expect(stdout).toContain(`can be repaired now: run "iact check ${store} --fix" again`);
    const again = await runIact(['check', store, '--fix', '--yes']);
    expect(again.stdout).not.toContain('can be repaired now');
  });

  it('shows each finding as it comes with --all, before the plan and behind the repair', async () => {
    const store = await faulty();
    const { stdout } = await runIact(['check', store, '--fix', '--yes', '--all']);
    const lines = stdout.split('\n').filter((line) => /^(?:warning|note|error) |->|^Made/.test(line));
    const first = lines.map((line) => line.trim().split(/[ :]+/)[0]);
    expect(first.slice(0, 4)).toEqual(['warning', 'note', 'error', 'error']);
    expect(first.slice(4)).toEqual(['[EVENTS]', '[OBS_INDEX]', '[OBS_INDEX]', 'note', 'Made']);
  });

  it('refuses without a terminal and --yes, with the remedy, before it reads anything', async () => {
    const { status, stdout, stderr } = await runIact(['check', 'nowhere', '--fix']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--yes repairs without asking, and --dry-run shows what would change');
    expect(await runIact(['check', 'nowhere', '--yes'])).toMatchObject({ status: 2 });
    expect(await runIact(['check', 'nowhere', '--dry-run'])).toMatchObject({ status: 2 });
  });

  it('tells all as JSON', async () => {
    const store = await faulty();
    const run = await runIact(['check', store, '--fix', '--yes', '--json', '--rule', 'telapse,gadf-version']);
    const records = recordsOf(run);
    expect(records.filter(({ event }) => event === 'repair')).toEqual([
      {
        event: 'repair',
        path: FIRST_FILE,
        hdu: { index: 1, name: 'EVENTS' },
        rule: 'telapse',
        kind: 'card',
        name: 'TELAPSE',
        row: null,
        entry: null,
        found: 0,
        value: 1680,
        follows: null,
      },
    ]);
    expect(records.filter(({ event }) => event === 'violation')).toHaveLength(2);
    expect(records.filter(({ event }) => event === 'remaining')).toMatchObject([{ finding: { code: 'gadf-version' } }]);
    expect(records.at(-1)).toMatchObject({
      result: {
        command: 'check',
        warnings: 0,
        notes: 1,
        fix: { dryRun: false, planned: 1, refused: 0, repaired: 1, files: 1, backup: expect.stringContaining(store) },
      },
    });
  });
});
