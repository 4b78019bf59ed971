import { type CrashState, crashStates, fractions } from './crash-states.ts';
import { treeOf } from './disk-model.ts';
import type { History } from './history.ts';
import { describeAction, type Operation, type Recording } from './operation.ts';
import { mark, record } from './recorder.ts';
import { replay } from './replay.ts';
import type { Known, Place, Scenario } from './scenario.ts';
import { differences, keyOf, readTree, type Tree, writeTree } from './tree.ts';

export interface ProofOptions {
  /** At most so many crash states are tried; of each kind of call and of loss at least one. */
  readonly states: number;
  /** At most so many ticks are looked at; of each kind of call at least one. */
  readonly ticks: number;
  readonly seed: number;
}

export interface Proof {
  readonly calls: number;
  /** Crash states that differ from each other, and how many of them were tried. */
  readonly distinct: number;
  readonly tried: number;
  /** A paragraph for each crash state that was not survived. */
  readonly faults: readonly string[];
}

/**
 * Records a scenario, lets it crash at every step in every way, runs it again after each crash, and compares.
 *
 * @throws if the recording does not explain what was done.
 */
export async function prove(scenario: Scenario, place: Place, options: ProofOptions): Promise<Proof> {
  await scenario.prepare(place);
  const known: Known = { before: readTree(place.world), source: readTree(place.source) };
  const recording = await record(place.world, () => scenario.run(place, mark));
  const history = replay(known.before, recording);
  const after = readTree(place.world);
  requireExplained(
    recording,
    treeOf(history, () => 'kept'),
    after,
  );
  const wanted = scenario.wanted?.() ?? scenario.normalise(after);
  const found = differences(scenario.normalise(after), wanted);
  if (found.length > 0) throw new Error(`the undisturbed run ends in another store:\n${found.join('\n')}`);
  const states = distinctStates(history, recording, options);
  const chosen = choose(states, options.states * (scenario.part ?? 1), options.seed, ({ group }) => group);
  const faults: string[] = [];
  for (const state of chosen) {
    const problems = await survive(scenario, place, known, state, wanted);
    if (state.tick === recording.ticks) problems.push(...lostAfterEnd(scenario, state, wanted));
    if (problems.length > 0) faults.push(describeFault(state, recording, problems));
  }
  return { calls: recording.operations.length, distinct: states.length, tried: chosen.length, faults };
}

function requireExplained({ outside }: Recording, explained: Tree, found: Tree): void {
  const different = differences(explained, found);
  if (different.length > 0) throw new Error(`the recorder has missed calls:\n${different.join('\n')}`);
  if (outside.length > 0) throw new Error(`changed outside of the destination:\n${outside.join('\n')}`);
}

interface PlacedState {
  readonly tick: number;
  readonly state: CrashState;
  /** States of one group stop at the same kind of call, and lose the same. */
  readonly group: string;
  /** What had been told before. */
  readonly told: readonly string[];
}

/** Equal states, as there are many, are there once. */
function distinctStates(history: History, recording: Recording, options: ProofOptions): PlacedState[] {
  const { operations, ticks } = recording;
  const steps = new Map<number, string>();
  for (const { start, end, action } of operations) {
    steps.set(start, `${action.kind} begins`).set(end, `${action.kind} ends`);
  }
  const stepOf = (tick: number) => (tick === ticks ? 'the end' : (steps.get(tick - 1) ?? ''));
  const known = new Set<string>();
  const states: PlacedState[] = [];
  const all = Array.from({ length: ticks + 1 }, (_, tick) => tick);
  for (const tick of choose(all, options.ticks, options.seed, stepOf)) {
    const told = operations.flatMap(({ end, action }) => (end < tick && action.kind === 'mark' ? [action.text] : []));
    for (const state of crashStates(history, tick)) {
      // Equal trees are judged in another way at the end, and after more was told.
      const key = `${keyOf(state.tree())} ${tick === ticks} ${state.ending === 'killed' ? told.length : ''}`;
      if (known.has(key)) continue;
      known.add(key);
      const [what] = state.detail.split(' ');
      states.push({ tick, state, told, group: `${stepOf(tick)}, ${state.ending}, ${state.family}, ${what}` });
    }
  }
  return states;
}

/** Takes one of each group in turn, in a random order, until there are enough; they stay in their order. */
function choose<T>(all: readonly T[], count: number, seed: number, groupOf: (item: T) => string): T[] {
  if (all.length <= count) return [...all];
  const random = fractions(seed);
  const shuffled = all.map((item, index) => ({ item, index, place: random.next().value }));
  shuffled.sort((left, right) => left.place - right.place);
  const turns = new Map<string, number>();
  const placed = shuffled.map(({ item, index }) => {
    const group = groupOf(item);
    const turn = turns.get(group) ?? 0;
    turns.set(group, turn + 1);
    return { item, index, turn };
  });
  placed.sort((left, right) => left.turn - right.turn);
  const chosen = placed.slice(0, Math.max(count, turns.size)).sort((left, right) => left.index - right.index);
  return chosen.map(({ item }) => item);
}

async function survive(
  scenario: Scenario,
  place: Place,
  known: Known,
  { state, told }: PlacedState,
  wanted: Tree,
): Promise<string[]> {
  const crashed = state.tree();
  const problems = (await scenario.invariants(crashed, known)).map((problem) => `after the crash: ${problem}`);
  writeTree(place.world, crashed);
  const toldAgain = new Set<string>();
  try {
    await scenario.run(place, (text) => toldAgain.add(text));
  } catch (error) {
    return [...problems, `run again: ${error instanceof Error ? error.message : error}`];
  }
  const different = differences(scenario.normalise(readTree(place.world)), wanted);
  problems.push(...different.map((each) => `run again: ${each}`));
  if (state.ending === 'killed' && !told.includes('published')) {
    const again = told.filter((text) => text.startsWith('fetched ') && toldAgain.has(text));
    problems.push(...again.map((text) => `run again: "${text.slice('fetched '.length)}" was fetched twice`));
  }
  return problems;
}

/** What is told as done must outlive a loss of power. */
function lostAfterEnd(scenario: Scenario, { state }: PlacedState, wanted: Tree): string[] {
  const visible = (tree: Tree) => new Map([...tree].filter(([path]) => !scenario.isState(path)));
  const lost = differences(visible(scenario.normalise(state.tree())), visible(wanted));
  return lost.map((problem) => `after the end: ${problem}`);
}

/** What crashed, what was wrong then, and the calls around the moment. */
function describeFault({ tick, state }: PlacedState, { operations }: Recording, problems: readonly string[]): string {
  const before = operations.filter(({ start, end }) => start < tick && end < tick).slice(-6);
  const underWay = operations.filter(({ start, end }) => start < tick && end >= tick).slice(0, 6);
  const line = (prefix: string) => (operation: Operation) =>
    `    ${prefix} ${operation.start}…${operation.end} ${describeAction(operation.action)}`;
  return [
    `stopped at tick ${tick}, ${state.ending}, ${state.family}${state.detail === '' ? '' : ` (${state.detail})`}:`,
    ...problems.slice(0, 6).map((problem) => `  - ${problem}`),
    ...before.map(line('done     ')),
    ...underWay.map(line('under way')),
  ].join('\n');
}
