import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { simulateStore } from '../simulate/index.ts';
import { runIact } from './testing/run-iact.ts';

const OPTIONS = { observations: 2, eventsPerObservation: 50 };

describe('iact show', () => {
  it('prints metadata, HDUs, good time and events', async () => {
    const store = await simulatedStore(await tempDirectory(), OPTIONS);
    const [id = 0] = store.ids;
    const [truth] = simulateStore(OPTIONS).truth.observations;
    const { stdout, stderr, status } = await runIact(['show', store.directory, String(id)]);
    expect([stderr, status]).toEqual(['', 0]);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`Observation ${id} of simulated`);
    expect(lines).toContain(`  OBJECT       ${truth?.object}`);
    expect(lines).toContain('HDUs: 6');
    const count = (truth?.source ?? 0) + (truth?.background ?? 0);
    expect(lines).toContain(`Events: ${count}`);
    expect(stdout).toMatch(
      new RegExp(`^  events +events +\\d+  ${count} rows x 7 columns +.*${store.fileOf(id)}\\[EVENTS\\]$`, 'm'),
    );
    expect(stdout).toMatch(/^Good time: \d intervals?, \d+(\.\d+)? s$/m);
    expect(stdout).toMatch(/^ {2}2004-10-0\dT[\d:.]+Z \.\. 2004-10-0\dT[\d:.]+Z {2}\d+(\.\d+)? s$/m);
    expect(stdout).toMatch(/^ {2}energies {2}[\d.]+ \.\. [\d.]+ TeV$/m);
  });

  it('prints JSON', async () => {
    const store = await simulatedStore(await tempDirectory(), OPTIONS);
    const { stdout } = await runIact([
      'show',
      join(store.directory, 'master.json'),
      String(store.ids[1]),
      '--format',
      'json',
    ]);
    const description = JSON.parse(stdout);
    expect(description).toMatchObject({ id: store.ids[1], dataset: 'simulated', problems: [] });
    expect(description.metadata.OBS_ID).toBe(store.ids[1]);
    expect(description.hdus[0]).toMatchObject({
      type: 'events',
      name: 'EVENTS',
      shape: expect.stringContaining('rows'),
    });
    expect(description.events.count).toBeGreaterThan(0);
  });

  it('shows what is there when a file is missing, and ends with an error that names it', async () => {
    const store = await simulatedStore(await tempDirectory(), OPTIONS);
    const [id = 0] = store.ids;
    const file = join(store.directory, store.fileOf(id));
    await rm(file);
    const { stdout, stderr, status } = await runIact(['show', store.directory, String(id)]);
    expect(stdout).toContain('  OBJECT ');
    expect(stdout).toMatch(/^ {2}gti +gti +- +|MISSING/m);
    expect(stdout).toContain('Events: not known');
    expect(stderr).toBe(`iact: error: Observation ${id} has a problem: "${file}" does not exist.\n`);
    expect(status).toBe(1);
  });

  it('refuses an observation that is not there', async () => {
    const store = await simulatedStore(await tempDirectory(), OPTIONS);
    const { stderr, status, stdout } = await runIact(['show', store.directory, '999']);
    expect(stderr).toContain('Dataset "simulated" has no observation "999".');
    expect([status, stdout]).toEqual([3, '']);
  });
});
