import type { Tree } from './tree.ts';

/** Two directories of this machine, beside each other. */
export interface Place {
  /** All that the command changes lies in here; it is recorded, and crashes. */
  readonly world: string;
  /** What it reads, and what nobody changes. */
  readonly source: string;
}

/** What is known when a crash state is judged. */
export interface Known {
  readonly before: Tree;
  readonly source: Tree;
}

/** A command whose crashes are to be survived. */
export interface Scenario {
  readonly name: string;
  /** Of the crash states that are tried otherwise only this part, 0…1, because they take longer. */
  readonly part?: number;
  /** Makes what is there before; both directories are empty. */
  prepare(place: Place): Promise<void>;
  /**
   * Runs the command, the first time and again after a crash.
   *
   * @param tell is told `fetched PATH` for a file that has arrived, and `published` when the new store is visible: what
   *   was told of before a kill must not be fetched again, until all is published.
   */
  run(place: Place, tell: (text: string) => void): Promise<void>;
  /** What a crash has left in the world: a line for everything that is wrong. */
  invariants(crashed: Tree, known: Known): Promise<string[]>;
  /** What a loss of power may bring back after the command has ended well, such as a lock. */
  isState(path: string): boolean;
  /** Leaves out what may differ between two stores that count as the same. */
  normalise(tree: Tree): Tree;
  /** What there is to be in the end, normalised; by default what an undisturbed run leaves. */
  wanted?(): Tree;
}
