import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Need } from './require.ts';

/** The folder of real ctools output that stands beside a checkout and is never committed. */
const SAMPLES = fileURLToPath(new URL('../../../shared/reference/ctools-samples/', import.meta.url));

/** One file of real ctools output, for example `csiactdata.chatter2.log`. */
export function ctoolsSample(name: string): Need & { path: string } {
  const path = `${SAMPLES}${name}`;
  return { what: `the sample ../shared/reference/ctools-samples/${name}`, present: existsSync(path), path };
}
