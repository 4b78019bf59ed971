import { type Fate, treeOf } from './disk-model.ts';
import type { Effect, History } from './history.ts';
import type { Tree } from './tree.ts';

/** How a run ended: the process was killed and the system went on, or the power was cut. */
export type Ending = 'killed' | 'power lost';

/** What a disk may hold after a crash. */
export interface CrashState {
  readonly ending: Ending;
  /** Which of the changes that were not lasting are there; the same words for the same kind of state. */
  readonly family: string;
  /** What is special about this one, for a person. */
  readonly detail: string;
  tree(): Tree;
}

type Fates = (effect: Effect) => Fate;

/** Numbers in 0…1, the same for the same seed. */
export function* fractions(seed: number): Generator<number, never> {
  for (let state = seed | 0; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

const RANDOM_STATES = 8;
/** Larger sets of names are left out one by one only in part. */
const SINGLE_NAMES = 24;

/**
 * What a disk may hold if the run stopped at a tick, that is, with all that ended before it, nothing that was asked for
 * later, and anything of what was asked for and had not ended.
 *
 * After a kill the system still has all that was done. After a loss of power, as POSIX has it, only what was synced is
 * certain: the bytes and attributes of a file by a sync of the file, its names by one of the directory. Of the rest
 * each change may be there or not, whatever the order in which they were made.
 */
export function* crashStates(history: History, tick: number): Generator<CrashState> {
  const done = history.effects.filter(({ end }) => end < tick);
  const underWay = history.effects.filter(({ start, end }) => start < tick && end >= tick);
  yield* killed(history, new Set(done), underWay);
  const lasting = new Set(done.filter(({ lastingFrom }) => lastingFrom < tick));
  const open = [...done, ...underWay].filter((effect) => !lasting.has(effect));
  if (open.length > 0) yield* powerLost(history, tick, lasting, open);
}

function* killed(history: History, done: ReadonlySet<Effect>, underWay: readonly Effect[]): Generator<CrashState> {
  const state = (family: string, detail: string, fates: Fates): CrashState => ({
    ending: 'killed',
    family,
    detail,
    tree: () => treeOf(history, (effect) => (done.has(effect) ? 'kept' : fates(effect))),
  });
  yield state('between two calls', '', () => 'lost');
  const calls = new Set(underWay);
  if (calls.size > 0) yield state('calls under way done', '', (effect) => (calls.has(effect) ? 'kept' : 'lost'));
  if (calls.size > 1) {
    for (const each of calls) {
      yield state('one call under way done', each.text, (effect) => (effect === each ? 'kept' : 'lost'));
    }
  }
  if (underWay.some(({ change }) => change.kind === 'write' && change.data.length > 1)) {
    yield state('write cut off', '', (effect) => (calls.has(effect) ? partOf(effect, 0.5) : 'lost'));
  }
}

function partOf({ change }: Effect, part: number): Fate {
  return change.kind === 'write' ? part : 'lost';
}

/** What may become of the bytes and attributes that were not synced. */
const CONTENTS: Readonly<Record<string, (effect: Effect, open: readonly Effect[]) => Fate>> = {
  'content there': () => 'kept',
  'content lost': () => 'lost',
  'content lost, attributes there': ({ change }) => (isBytes(change) ? 'lost' : 'kept'),
  'zeros of the right length': ({ change }) => (change.kind === 'write' ? 'zeros' : 'kept'),
  'content cut off': (effect, open) => beginning(effect, open),
  'attributes lost': ({ change }) => (isBytes(change) ? 'kept' : 'lost'),
};

function isBytes(change: Effect['change']): boolean {
  return change.kind === 'write' || change.kind === 'size';
}

/** The first half of the bytes that were written to a file and not synced; all attributes. */
function beginning(effect: Effect, open: readonly Effect[]): Fate {
  if (effect.change.kind !== 'write') return 'kept';
  const writes = open.filter(({ inode, change }) => inode === effect.inode && change.kind === 'write');
  const lengthOf = ({ change }: Effect) => (change.kind === 'write' ? change.data.length : 0);
  let left = writes.reduce((sum, each) => sum + lengthOf(each), 0) / 2;
  for (const each of writes) {
    if (each === effect) return left >= lengthOf(each) ? 'kept' : left <= 0 ? 'lost' : left / lengthOf(each);
    left -= lengthOf(each);
  }
  return 'lost';
}

function* powerLost(
  history: History,
  tick: number,
  lasting: ReadonlySet<Effect>,
  open: readonly Effect[],
): Generator<CrashState> {
  const position = new Set(open);
  const names = open.filter(isName);
  const contents = open.length > names.length ? Object.entries(CONTENTS) : Object.entries(CONTENTS).slice(0, 1);
  const state = (family: string, detail: string, fates: Fates): CrashState => ({
    ending: 'power lost',
    family,
    detail,
    tree: () =>
      treeOf(history, (effect) => (lasting.has(effect) ? 'kept' : position.has(effect) ? fates(effect) : 'lost')),
  });
  const some = (chosen: (effect: Effect) => boolean, content: (typeof contents)[number][1]): Fates => {
    return (effect) => (isName(effect) ? (chosen(effect) ? 'kept' : 'lost') : content(effect, open));
  };
  for (const [what, content] of contents) {
    yield state(
      `names lost, ${what}`,
      '',
      some(() => false, content),
    );
    yield state(
      `names there, ${what}`,
      '',
      some(() => true, content),
    );
  }
  if (names.length < 2) return;
  const random = fractions(tick + 1);
  const chance = () => random.next().value;
  const single = names.length <= SINGLE_NAMES ? names : names.filter(() => chance() < SINGLE_NAMES / names.length);
  for (const [what, content] of contents.slice(0, 4)) {
    for (const name of single) {
      yield state(
        `one name lost, ${what}`,
        name.text,
        some((effect) => effect !== name, content),
      );
      yield state(
        `one name there, ${what}`,
        name.text,
        some((effect) => effect === name, content),
      );
    }
  }
  for (let count = 0; count < RANDOM_STATES; count++) {
    const share = chance();
    const fates = new Map(open.map((effect) => [effect, randomFate(effect, share, chance)]));
    yield state('any of them', `number ${count}`, (effect) => fates.get(effect) ?? 'lost');
  }
}

function isName({ change }: Effect): boolean {
  return change.kind === 'name' || change.kind === 'no-name';
}

function randomFate(effect: Effect, share: number, chance: () => number): Fate {
  if (chance() < share) return 'kept';
  if (effect.change.kind !== 'write') return 'lost';
  const kind = chance();
  return kind < 0.5 ? 'lost' : kind < 0.8 ? 'zeros' : chance();
}
