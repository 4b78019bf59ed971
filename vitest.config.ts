import { availableParallelism } from 'node:os';
import type { ViteUserConfig } from 'vitest/config';

// Three suites: fast (no program but node), live (needs programs or servers), slow (minutes).
// `npm run check` runs the fast one, `npm test` all of them.
const fast = ['{src,test,scripts}/**/*.test.ts'];
const live = ['{src,test}/**/*.live.test.ts'];
const slow = ['{src,test}/**/*.slow.test.ts'];

const config: ViteUserConfig = {
  test: {
    include: fast,
    exclude: ['node_modules/**', 'dist/**', ...(process.env['IACT_SUITE'] === 'fast' ? [...live, ...slow] : [])],
    setupFiles: ['test/support/property-seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Left to itself vitest spares a core, which is half of a small machine.
    maxWorkers: availableParallelism(),
  },
};

export default config;
