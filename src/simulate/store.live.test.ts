import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect } from 'vitest';
import { itNeeds, PYTHON, program, pythonModule } from '../../test/support/require.ts';
import type { SimulateOptions } from './options.ts';
import { simulateStore } from './store.ts';
import { writeSimulatedStore } from './testing/write-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'iact-simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Probe {
  records: unknown[];
  observations: {
    obsId: number;
    hdus: string[];
    events: number;
    integrals: { edisp: number; psf: number };
    altazErrorDeg: number;
    startErrorSeconds: number;
    fieldErrorDeg: number;
  }[];
  comparisons: Record<string, [found: number, predicted: number]>[];
}

const script = fileURLToPath(new URL('testing/gammapy_probe.py', import.meta.url));

/** What gammapy finds in a store, and predicts for some of its observations. */
function probe(store: string, positions: readonly number[]): Probe {
  const output = execFileSync(PYTHON, [script, store, join(store, 'truth.json'), ...positions.map(String)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1e8,
  });
  return JSON.parse(output) as Probe;
}

const variants: [string, SimulateOptions][] = [
  ['plain', { observations: 4, seed: 3 }],
  ['other formats', { observations: 2, psf: 'psf_3gauss', background: 'bkg_2d', sharedIrfs: true, indexDir: 'index' }],
  ['irregular', { observations: 2, gzip: false, emptyObservations: [1], withoutHdus: ['bkg'] }],
];

describe('simulateStore()', () => {
  itNeeds(program('fitsverify'))('writes files in which fitsverify finds neither errors nor warnings', () => {
    for (const [name, options] of variants) {
      const paths = writeSimulatedStore(simulateStore(options), join(folder, 'verify', name));
      const { status, stdout } = spawnSync('fitsverify', ['-q', ...paths], { encoding: 'utf8' });
      expect(
        stdout
          .trim()
          .split('\n')
          .filter((line) => !line.startsWith('verification OK')),
      ).toEqual([]);
      expect(stdout.match(/verification OK/g)).toHaveLength(paths.length);
      expect(status).toBe(0);
    }
  });

  itNeeds(pythonModule('gammapy'))('writes a store that gammapy opens, checks and predicts', () => {
    // Large telescopes, so that a wrong response shows: some 30 000 events in each observation.
    const store = simulateStore({ observations: 14, seed: 2, eventsPerObservation: 20_000 });
    const path = join(folder, 'large');
    writeSimulatedStore(store, path);
    const truth = store.truth.observations;
    const crab = truth.findIndex(({ object }) => object === 'Crab Nebula');
    const found = probe(path, [0, crab]);
    expect(found.records).toEqual([]);
    expect(found.observations.map(({ obsId }) => obsId)).toEqual(truth.map(({ obsId }) => obsId));
    for (const [i, observation] of found.observations.entries()) {
      expect(observation.hdus).toEqual(['events', 'gti', 'aeff', 'edisp', 'psf', 'bkg']);
      expect(observation.events).toBe(truth[i]!.source + truth[i]!.background);
      expect(observation.integrals.edisp).toBeLessThan(1e-6);
      expect(observation.integrals.psf).toBeLessThan(1e-6);
      expect(observation.altazErrorDeg).toBeLessThan(0.01);
      expect(observation.startErrorSeconds).toBeLessThan(1e-3);
      expect(observation.fieldErrorDeg).toBeLessThan(1e-5);
    }
    for (const comparison of found.comparisons) expectAgreement(comparison);
  });

  itNeeds(pythonModule('gammapy'))('writes the other formats of PSF and background as gammapy reads them', () => {
    const store = simulateStore({
      observations: 1,
      eventsPerObservation: 20_000,
      psf: 'psf_3gauss',
      background: 'bkg_2d',
      sharedIrfs: true,
    });
    const path = join(folder, 'formats');
    writeSimulatedStore(store, path);
    const found = probe(path, [0]);
    expect(found.records).toEqual([]);
    expect(found.observations[0]!.integrals.psf).toBeLessThan(1e-6);
    for (const comparison of found.comparisons) expectAgreement(comparison);
  });
});

/** Found and predicted counts agree to four standard deviations, and 1 % for interpolation in the tables. */
function expectAgreement(comparison: Probe['comparisons'][number]): void {
  expect(Object.keys(comparison)).toHaveLength(8);
  const off = Object.entries(comparison).filter(
    ([, [found, predicted]]) => Math.abs(found - predicted) > 4 * Math.sqrt(predicted) + 0.01 * predicted,
  );
  expect(off).toEqual([]);
}
