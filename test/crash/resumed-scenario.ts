import { type CrashState, crashStates } from './crash-states.ts';
import { mark, record } from './recorder.ts';
import { replay } from './replay.ts';
import type { Place, Scenario } from './scenario.ts';
import { readTree, type Tree, writeTree } from './tree.ts';

/** Which crash the run that is resumed had, and what happened since. */
interface FormerCrash {
  /** How much of the run had been done, 0…1. */
  readonly part: number;
  readonly ending: CrashState['ending'];
  readonly family: string;
  /** The source is changed in this way before the command is run again. */
  readonly renew?: (source: string) => Promise<void>;
}

/** The second run of a scenario whose first one crashed, so that it can crash again. */
export function resumed(scenario: Scenario, former: FormerCrash): Scenario {
  let wanted: Tree = new Map();
  let before: Tree = new Map();
  const changed = former.renew === undefined ? '' : ', of a source that changed';
  return {
    ...scenario,
    name: `${scenario.name}, resumed (${former.ending}, ${former.family})${changed}`,
    prepare: async (place) => {
      await scenario.prepare(place);
      const untouched = readTree(place.world);
      const crashed = await crashIn(scenario, place, untouched, former);
      await former.renew?.(place.source);
      writeTree(place.world, untouched);
      await scenario.run(place, () => undefined);
      wanted = scenario.normalise(readTree(place.world));
      writeTree(place.world, crashed);
      // What came from a source that is no more may stay until the copy is done.
      before = former.renew === undefined ? untouched : crashed;
    },
    invariants: (crashed, known) => scenario.invariants(crashed, { ...known, before }),
    wanted: () => wanted,
  };
}

/** What the crash leaves, of several the first that comes. */
async function crashIn(scenario: Scenario, place: Place, untouched: Tree, former: FormerCrash): Promise<Tree> {
  const recording = await record(place.world, () => scenario.run(place, mark));
  const history = replay(untouched, recording);
  for (let tick = Math.floor(recording.ticks * former.part); tick <= recording.ticks; tick++) {
    for (const state of crashStates(history, tick)) {
      if (state.ending === former.ending && state.family === former.family) return state.tree();
    }
  }
  throw new Error(`no crash "${former.family}" after ${former.part} of ${scenario.name}`);
}
