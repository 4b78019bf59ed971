import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prove } from './prove.ts';
import type { Scenario } from './scenario.ts';
import { scratchDirectory } from './scratch-directory.ts';

// `IACT_CRASH=all npx vitest run test/crash/every-step` tries all crash states.
const ALL = process.env['IACT_CRASH'] === 'all';
const LIMITS = ALL
  ? { states: Number.POSITIVE_INFINITY, ticks: Number.POSITIVE_INFINITY }
  : { states: 600, ticks: 200 };
const SEED = Number(process.env['IACT_SEED'] ?? 20261122);

/** Tests that each of these survives a crash at every step. */
export function testEveryStep(scenarios: readonly Scenario[]): void {
  describe('a crash at every step', () => {
    for (const scenario of scenarios) {
      it(
        `of ${scenario.name} is survived, and the same command ends in the same store`,
        async () => {
          const { folder, remove } = scratchDirectory();
          onTestFinished(remove);
          const place = { world: join(folder, 'world'), source: join(folder, 'source') };
          for (const directory of Object.values(place)) mkdirSync(directory);
          const { calls, distinct, tried, faults } = await prove(scenario, place, { ...LIMITS, seed: SEED });
          const line = `${scenario.name}: ${calls} calls, ${tried} of ${distinct} crash states tried (seed ${SEED})`;
          process.stderr.write(`${line}\n`);
          expect(tried).toBeGreaterThan(0);
          expect(faults.slice(0, 3).join('\n\n'), `${faults.length} of ${tried} crash states are not survived`).toBe(
            '',
          );
        },
        ALL ? 3_600_000 : 300_000,
      );
    }
  });
}
