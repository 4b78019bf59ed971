import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';

const noSkip = process.env['IACT_NO_SKIP'] === '1';

/**
 * `it`, or an `it` that skips with a printed reason when something outside this repository is missing.
 * With IACT_NO_SKIP=1, as in CI, the missing thing fails the test instead.
 */
export function itNeeds(...needs: readonly Need[]): TestFunction {
  const missing = needs.filter((need) => !need.present).map((need) => need.what);
  if (missing.length === 0) return it;
  const reason = `needs ${missing.join(' and ')}`;
  if (noSkip) throw new Error(`IACT_NO_SKIP=1, but a test ${reason}`);
  process.stderr.write(`skipped: ${reason}\n`);
  return it.skip;
}

export type TestFunction = (name: string, body: () => void | Promise<void>, timeoutMs?: number) => void;

export interface Need {
  what: string;
  present: boolean;
}

/** A program on the PATH. */
export function program(name: string): Need {
  const found = spawnSync('sh', ['-c', `command -v "$0"`, name], { stdio: 'ignore' }).status === 0;
  return { what: `the program ${name}`, present: found };
}

/** Debian's Python (the one that its python3-* packages belong to). */
export const PYTHON = '/usr/bin/python3';

/** A module of Debian's Python. */
export function pythonModule(name: string): Need {
  const found = spawnSync(PYTHON, ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0;
  return { what: `the Python module ${name} of ${PYTHON}`, present: found };
}

/** The folder of real stores that stands beside a checkout and is never committed. */
export const SHARED_DATA: string = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** One of the real stores, for example `hess_dl3_dr1`. */
export function sharedStore(name: string): Need & { path: string } {
  const path = `${SHARED_DATA}${name}`;
  return { what: `the store ../shared/data/${name}`, present: existsSync(`${path}/master.json`), path };
}

const DIST = fileURLToPath(new URL('../../dist/bin/', import.meta.url));

/** Path of a built program. */
export function builtProgram(name: string): string {
  return `${DIST}${name}.js`;
}

/** The programs as `npm run build` leaves them. */
export function built(): Need {
  return { what: 'the built programs (npm run build)', present: existsSync(builtProgram('iact')) };
}
