import { type IndexKind, joinInStore } from '../gadf/index.ts';
import { pathsOf } from '../storage/index.ts';
import { compareIndexes, type IndexComparison } from './diff-stores.ts';
import type { Difference } from './difference.ts';
import type { Store } from './open-store.ts';

/** What a master index tells of where a dataset is. */
const KEYS = ['hduindx', 'obsindx'] as const;
/** So many observations are named. */
const NAMED = 3;

/**
 * Compares what a store and the one that it was copied from tell in their master index and index files. A copy writes
 * these anew, for the part that it has: bytes may differ, and what they tell of that part may not.
 */
export class ListingComparison {
  readonly #store: Store;
  readonly #other: Store;
  readonly #compared = new Map<string, Promise<IndexComparison>>();

  constructor(store: Store, other: Store) {
    this.#store = store;
    this.#other = other;
  }

  /**
   * What the file tells otherwise, in words; `undefined` if nothing, and `unknown` for a file that is no listing, or one of
   * a dataset that the other store does not have.
   *
   * @throws {IactError} what reading an index file throws.
   */
  async difference(path: string): Promise<string | 'unknown' | undefined> {
    if (path === this.#store.masterName) return this.#masterDifference();
    const listed = this.#datasetsOf(path);
    if (listed.length === 0 || !listed.every(({ name }) => this.#otherEntry(name) !== undefined)) return 'unknown';
    const found: string[] = [];
    for (const { name, kind } of listed) {
      const differences = (await this.#compare(name))[kind].filter((each) => !isOfOtherOnly(each));
      if (differences.length > 0) found.push(told(differences));
    }
    return found.length === 0 ? undefined : `${found.join(', ')}; "iact diff" tells more`;
  }

  /** Totals are those of the store that has counted them, of the whole or of a part. */
  #masterDifference(): string | undefined {
    const differing = this.#store.master.datasets
      .filter((entry) => {
        const other = this.#otherEntry(entry.name);
        return !other || KEYS.some((key) => placeIn(this.#store, entry[key]) !== placeIn(this.#other, other[key]));
      })
      .map(({ name }) => `dataset "${name ?? ''}"`);
    return differing.length === 0 ? undefined : differing.join(', ');
  }

  #otherEntry(name: string | undefined): Store['master']['datasets'][number] | undefined {
    return this.#other.master.datasets.find((entry) => entry.name === name);
  }

  #datasetsOf(path: string): { name: string; kind: IndexKind }[] {
    const place = `Master index file "${this.#store.source.uriOf(this.#store.masterName)}"`;
    const isIt = (named: string | undefined): boolean =>
      named !== undefined && pathsOf(joinInStore([named], place)).includes(path);
    return this.#store.master.datasets.flatMap(({ name = '', hduindx, obsindx }) => [
      ...(isIt(hduindx) ? [{ name, kind: 'hdu' as const }] : []),
      ...(isIt(obsindx) ? [{ name, kind: 'obs' as const }] : []),
    ]);
  }

  #compare(dataset: string): Promise<IndexComparison> {
    const known = this.#compared.get(dataset) ?? compareIndexes(dataset, this.#store, this.#other);
    this.#compared.set(dataset, known);
    return known;
  }
}

/** Where a path of a master index leads in its store; a compressed file serves for one that is not. */
function placeIn({ source, masterName }: Store, named: string | undefined): string | undefined {
  return named && joinInStore([named], `Master index file "${source.uriOf(masterName)}"`).replace(/\.gz$/, '');
}

/** What the store does not have, it need not tell of. */
function isOfOtherOnly(difference: Difference): boolean {
  return (difference.kind === 'observation' || difference.kind === 'hdu-row') && difference.only === 'b';
}

function told(differences: readonly Difference[]): string {
  const ids = new Set(differences.flatMap((each) => ('id' in each ? [String(each.id)] : [])));
  const columns = differences.flatMap((each) => (each.kind === 'column' ? [`column ${each.name}`] : []));
  const keywords = differences.flatMap((each) => (each.kind === 'keyword' ? [`keyword ${each.value.name}`] : []));
  const more = ids.size > NAMED ? ` and ${ids.size - NAMED} more` : '';
  const observations = ids.size === 0 ? [] : [`OBS_ID ${[...ids].slice(0, NAMED).join(', ')}${more}`];
  return [...keywords, ...columns, ...observations].join(', ');
}
