import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveFolder } from '../../test/support/serve-folder.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { listRules } from '../ops/index.ts';
import { FIRST_FILE, writeEditedStore } from '../validate/testing/edited-store.ts';
import { card } from '../validate/testing/edits.ts';
import { main } from './main.ts';
import { makeProgram } from './program.ts';
import { SessionHost } from './session.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';
import { runSlowly } from './testing/run-slowly.ts';
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

  describe.each([[[]], [['--fast']], [['--fix', '--dry-run']]])('counts the files that are done: %j', (options) => {
    it('on a terminal', async () => {
      const terminal = new VirtualTerminal(200);
      await runSlowly(['check', await writeEditedStore(await tempDirectory()), ...options], terminal);
      expect(terminal.raw.match(/\d+ % {2}\d\/\d files/g)).toEqual([
        '0 %  0/2 files',
        '50 %  1/2 files',
        '100 %  2/2 files',
      ]);
      expect(terminal.screen()).not.toContain('files\n');
    });

    it('in a log', async () => {
      const log: string[] = [];
      await runSlowly(['check', await writeEditedStore(await tempDirectory()), ...options], {
        write: (text) => log.push(text),
      });
      expect(log.filter((line) => line.startsWith('Checking'))).toEqual([
        expect.stringMatching(/^Checking 50 %, 1\/2 files, \d+ s left\n$/),
      ]);
    });

    it('with --json, and not with --quiet', async () => {
      const store = await writeEditedStore(await tempDirectory());
      const all = recordsOf(await runIact(['check', store, '--json', ...options]));
      const told = all.filter(({ event }) => ['phase', 'plan', 'file'].includes(String(event)));
      expect(told).toEqual([
        { event: 'phase', name: 'Checking' },
        { event: 'plan', files: 2, totalBytes: 0, unsizedFiles: 0 },
        ...[1, 2].map((n) => ({
          event: 'file',
          path: `data/simulated_obs_id_10000${n}.fits`,
          outcome: 'checked',
          sizeBytes: expect.any(Number),
          message: null,
        })),
      ]);
      const quiet = recordsOf(await runIact(['check', store, '--json', '--quiet', ...options]));
      expect(quiet).toEqual(all.filter((record) => !told.includes(record)));
    });
  });

  it('counts the files of a store on a server', async () => {
    const url = await serveFolder(await writeEditedStore(await tempDirectory()));
    const terminal = new VirtualTerminal(200);
    await runSlowly(['check', url], terminal);
    expect(terminal.raw).toContain('50 %  1/2 files');
  });

  it('draws nothing from when it shows what it would repair, until it goes on', async () => {
    const store = await writeEditedStore(await tempDirectory(), FAULTY);
    const log: string[] = [];
    const clock = {
      nowMs: () => 0,
      every: () => {
        log.push('draws');
        return () => log.push('rests');
      },
    };
    const stdout = { write: (text: string) => log.push(text.includes('TELAPSE: 0 -> 1680') ? 'shows' : 'ends') };
    const io = { stdout, stderr: new VirtualTerminal(200), env: { NO_COLOR: '1' } };
    await makeProgram(new SessionHost(io, clock)).parseAsync(['check', store, '--fix', '--yes'], { from: 'user' });
    expect(log.slice(0, 4)).toEqual(['draws', 'rests', 'shows', 'draws']);
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
