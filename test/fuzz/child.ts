import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { mutated, seededRandom } from './mutate.ts';
import { FUZZ_TARGETS } from './targets.ts';

// The process that scripts/fuzz.mjs watches: gives a target inputs until its time is over. Before an input is tried it is
// in the file, so that what kills or hangs the process can be looked at.

const [name, seedText = '1', secondsText = '1', file = '', limitText = '1'] = process.argv.slice(2);
const target = FUZZ_TARGETS.find((each) => each.name === name);
if (target === undefined) throw new Error(`There is no fuzz target "${name}".`);
const end = Date.now() + 1000 * Number(secondsText);
const maxResidentKilobytes = 1024 * Number(limitText);
const random = seededRandom(Number(seedText));
const current = openSync(file, 'w');
let rounds = 0;
let reported = 0;

for (; Date.now() < end; rounds++) {
  const input = mutated(target, random);
  ftruncateSync(current, 0);
  writeSync(current, input, 0, input.length, 0);
  if (Date.now() - reported > 500) {
    process.send?.({ rounds });
    reported = Date.now();
  }
  await target.run(input);
  // What was left behind and fails shall do so before the next input is in the file.
  await new Promise((resolve) => setImmediate(resolve));
  const { maxRSS } = process.resourceUsage();
  if (maxRSS > maxResidentKilobytes) throw new Error(`${Math.round(maxRSS / 1024)} MB of memory were used`);
}
process.send?.({ rounds });
closeSync(current);
process.disconnect?.();
