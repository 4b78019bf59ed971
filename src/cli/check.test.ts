import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { listRules } from '../ops/index.ts';
import { FIRST_FILE, writeEditedStore } from '../validate/testing/edited-store.ts';
import { card } from '../validate/testing/edits.ts';
import { main } from './main.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';
import { VirtualTerminal } from './testing/virtual-terminal.ts';

const FAULTY = { hdus: { EVENTS: card('TELAPSE', 0), GTI: card('HDUVERS', '9') } };

describe('iact check', () => {
  it('ends with 0 for a clean store, and tells what its observations have', async () => {
    const store = await writeEditedStore(await tempDirectory());
    const { status, stdout, stderr } = await runIact(['check', store]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toBe(
      '2 observations of simulated: aeff_2d bkg_3d edisp_2d events gti psf_table  (OBS_ID 100001, 100002)\n' +
        '0 errors, 0 warnings, 0 notes in 2 data files\n',
    );
  });

  it('ends with 0 where there are warnings only', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    const { status, stdout } = await runIact(['check', store]);
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      `warning  telapse: ${store}/${FIRST_FILE}[EVENTS], TELAPSE, OBS_ID 100001`,
      '         TELAPSE is 0, but TSTOP - TSTART is 1680.',
      '         (GADF v0.3 events, TELAPSE; can be repaired)',
      `note     gadf-version: ${store}/${FIRST_FILE}[GTI], HDUVERS, OBS_ID 100001`,
      '         HDUVERS is "9".',
      '         (GADF v0.3 hduclass)',
    ]);
  });

  it('ends with 1 where there are errors, and names what is missing', async () => {
    const store = await writeEditedStore(await tempDirectory(), { bytes: { [FIRST_FILE]: () => undefined } });
    const { status, stdout, stderr } = await runIact(['check', store]);
    expect(status).toBe(1);
    expect(stderr).toBe(`iact: error: "${store}" has 1 error, 0 warnings, 0 notes.\n`);
    expect(stdout).toContain('1 observation of simulated: aeff MISSING bkg MISSING');
  });

  it('checks a store without master index by its index files, and says so', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    await rm(join(store, 'master.json'));
    const { status, stdout, stderr } = await runIact(['check', store]);
    expect(status).toBe(0);
    expect(stderr).toBe(
      `iact: note: "${store}" has no master index "master.json"; "iact init ${store}" writes one. Its index files are checked.\n`,
    );
    expect(stdout).toMatch(/0 errors, 1 warning, 1 note in 2 data files\n$/);
    const empty = await tempDirectory();
    expect(await runIact(['check', empty])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining(`"${empty}" is no store`),
    });
  });

  it('leaves rules out, and takes only some', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    const ignored = await runIact(['check', store, '--ignore', 'telapse,gadf-version']);
    expect(ignored.stdout).toContain('0 errors, 0 warnings, 0 notes');
    const only = await runIact(['check', store, '--rule', 'telapse']);
    expect(only.stdout).toContain('0 errors, 1 warning, 0 notes');
  });

  it('refuses a rule that is not there, with the names that may be meant', async () => {
    const { status, stderr } = await runIact(['check', 'nowhere', '--rule', 'telaspe']);
    expect(status).toBe(2);
    expect(stderr).toContain('There is no rule "telaspe". Did you mean "telapse"?');
  });

  it('prints JSON', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    const { status, stdout } = await runIact(['check', store, '--json']);
    expect(status).toBe(0);
    const records = recordsOf({ status, stdout, stderr: '' });
    const findings = records.flatMap(({ event, finding }) => (event === 'violation' ? [finding] : []));
    expect(findings).toMatchObject([
      {
        code: 'telapse',
        severity: 'warning',
        uri: `${store}/${FIRST_FILE}`,
        dataset: 'simulated',
        obsId: 100001,
        hdu: { index: 1, name: 'EVENTS' },
        card: 'TELAPSE',
        found: '0',
        wanted: '1680',
        repair: { kind: 'set-cards', cards: [{ keyword: 'TELAPSE', found: 0, value: 1680 }] },
      },
      { code: 'gadf-version', severity: 'note', repair: null },
    ]);
    expect(records.filter(({ event }) => event === 'checked')).toHaveLength(2);
    const totals = { errors: 0, warnings: 1, notes: 1, failures: 0, files: 2, observations: 2, rules: null, fix: null };
    expect(records.at(-1)).toEqual({ result: { command: 'check', store, ...totals } });
  });

  it('prints every finding on its own with --all', async () => {
    const store = await writeEditedStore(await tempDirectory(), { options: { withoutHdus: ['aeff'] } });
    const grouped = await runIact(['check', store]);
    expect(grouped.stdout.match(/observation-incomplete/g)).toHaveLength(1);
    expect(grouped.stdout).toContain('the same: ');
    const all = await runIact(['check', store, '--all']);
    expect(all.stdout.match(/observation-incomplete/g)).toHaveLength(2);
  });

  it('tells a person that it works, and leaves nothing of that', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    const terminal = new VirtualTerminal(200);
    const env = { LANG: 'C.UTF-8', NO_COLOR: '1' };
    await main(['check', store, '--all'], { stdout: terminal, stderr: terminal, env });
    expect(terminal.raw).toContain('Checking ...');
    expect(terminal.screen()).toBe((await runIact(['check', store, '--all'])).stdout.trimEnd());
  });

  it('stops when it is asked to', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    const run = await runIact(['check', store, '--json'], { interrupts: () => AbortSignal.abort() });
    expect(run.status).toBe(130);
    expect(recordsOf(run).at(-1)).toMatchObject({ error: { code: 'cancelled' } });
  });

  it('lists the rules', async () => {
    const { status, stdout } = await runIact(['check', '--list-rules']);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(listRules().length);
  });

  it.each([
    [['check'], 2, 'Which store?'],
    [['check', 'no-such-store'], 3, 'There is no store "no-such-store"'],
  ])('refuses %j', async (args, wanted, message) => {
    const { status, stderr } = await runIact(args);
    expect(status).toBe(wanted);
    expect(stderr).toContain(message);
  });
});
