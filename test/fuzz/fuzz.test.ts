import { describe, expect, it } from 'vitest';
import { mutated, seededRandom } from './mutate.ts';
import { FUZZ_TARGETS } from './targets.ts';

// The same inputs in every run. `npm run fuzz` looks for more, for as long as it is told, with limits of time and memory.

const SEED = 20261122;
/** About a second each. */
const INPUTS: Readonly<Record<string, number>> = { fits: 300, gzip: 400, index: 400, store: 80, filter: 800 };
const OTHER_INPUTS = 2000;

// Those of `location` are in test/hostile/engine.test.ts.
const TARGETS = FUZZ_TARGETS.filter(({ name }) => name !== 'location');

describe.each(TARGETS.map((target) => [target.name, target] as const))('fuzz target %s', (name, target) => {
  it('takes its corpus, and bounded many inputs near to it', async () => {
    for (const input of target.corpus) await target.run(Uint8Array.from(input));
    const random = seededRandom(SEED);
    const count = INPUTS[name] ?? OTHER_INPUTS;
    for (let round = 0; round < count; round++) {
      const input = mutated(target, random);
      try {
        await target.run(input);
      } catch (error) {
        throw new Error(`Input ${round} of seed ${SEED} breaks "${name}": ${Buffer.from(input.subarray(0, 300))}`, {
          cause: error,
        });
      }
    }
    expect(count).toBeGreaterThan(0);
  });
});
