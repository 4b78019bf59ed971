import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runInPty } from '../../test/support/pty.ts';
import { built, builtProgram, itNeeds } from '../../test/support/require.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { FIRST_FILE, writeEditedStore } from '../validate/testing/edited-store.ts';
import { card } from '../validate/testing/edits.ts';

const iact = builtProgram('iact');
const env = { ...process.env, LANG: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: undefined };
const FAULTY = { hdus: { EVENTS: card('TELAPSE', 0), AEFF: card('HDUCLAS4', '2D') } };

async function answer(send: string): Promise<{ store: string; screen: string; status: number }> {
  const store = await writeEditedStore(join(await tempDirectory(), 's'), FAULTY);
  const steps = [{ expect: 'Apply these 2 repairs in 1 file? [y/N] ', send }];
  const run = await runInPty(process.execPath, [iact, 'check', store, '--fix'], steps, { columns: 80, env });
  return { ...run, store };
}

describe('iact check --fix on a terminal', () => {
  itNeeds(built())('shows the plan, asks, repairs, and tells what is left', async () => {
    const { screen, status } = await answer('y\r');
    expect(screen.replace(/Originals: .*\n?.*files\n/, '')).toBe(
      [
        FIRST_FILE,
        '  [EVENTS] TELAPSE: 0 -> 1680 (telapse)',
        '  [AEFF] HDUCLAS4: "2D" -> "AEFF_2D" (gadf-classes)',
        'Apply these 2 repairs in 1 file? [y/N] y',
        'Made 2 repairs in 1 file',
        '0 errors, 0 warnings, 0 notes in 2 data files',
      ].join('\n'),
    );
    expect(status).toBe(0);
  });

  itNeeds(built())('changes nothing without a yes', async () => {
    for (const key of ['\r', 'n\r', 'no way\r']) {
      const { screen, status } = await answer(key);
      expect(screen).toContain('Nothing was changed\n0 errors, 2 warnings, 0 notes in 2 data files');
      expect(status).toBe(0);
    }
  });

  itNeeds(built())('changes nothing when there is no answer', async () => {
    expect((await answer('\x04')).status).toBe(130);
    const { store, screen, status } = await answer('\x03');
    expect(screen).toMatch(/\niact: error: There was no answer; nothing was changed.$/);
    expect(status).toBe(130);
    const again = await runInPty(process.execPath, [iact, 'check', store, '--fix', '--dry-run'], [], {
      columns: 80,
      env,
    });
    expect(again.screen).toContain('Would make 2 repairs in 1 file; nothing was written');
  });
});
