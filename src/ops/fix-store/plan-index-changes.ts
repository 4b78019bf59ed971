import type { MasterIndex } from '../../gadf/index.ts';
import type { FileInfo, LocalDestination } from '../../storage/index.ts';
import { type Change, placeOfChange, type Refusal } from './change.ts';
import { type FileHistory, findFollowers, type PlannedChange } from './followers.ts';
import { type IndexTable, readHduIndexes } from './hdu-indexes.ts';

export interface IndexChangesRequest {
  readonly source: LocalDestination;
  readonly master: MasterIndex;
  /** The index files, by their paths with links followed. */
  readonly paths: readonly string[];
  /** What findings ask to be changed, by path. */
  readonly asked: ReadonlyMap<string, readonly PlannedChange[]>;
  /** The files that were or will be replaced. */
  readonly histories: ReadonlyMap<string, FileHistory>;
  /** Makes changes in memory, and tells why they cannot be made. */
  readonly attempt: (path: string, changes: readonly PlannedChange[]) => Promise<string | undefined>;
  /** Told what an index file was when it was read for its rows. */
  readonly onRead: (path: string, info: FileInfo) => void;
}

/** What becomes of the index files. */
export interface IndexPlan {
  /** By path. */
  readonly changes: ReadonlyMap<string, readonly PlannedChange[]>;
  readonly refused: readonly Refusal[];
  /** Data files whose sizes and digests could not follow, and why: they have to stay as they are. */
  readonly unfollowed: ReadonlyMap<string, string>;
}

/**
 * Plans the changes of index files: what findings ask for, and the cells that follow other files. An index in which not
 * all of it can be changed is tried with these cells alone.
 */
export async function planIndexChanges(request: IndexChangesRequest): Promise<IndexPlan> {
  const { paths, asked, attempt } = request;
  const refused: Refusal[] = [];
  const followers = await allFollowers(request, refused);
  const changes = new Map<string, readonly PlannedChange[]>();
  const unfollowed = new Map<string, string>();
  for (const path of paths) {
    const following = followers.get(path) ?? [];
    const others = withoutPlaces(asked.get(path) ?? [], following);
    const all = [...others, ...following];
    if (all.length === 0) continue;
    const reason = await attempt(path, all);
    if (reason === undefined) {
      changes.set(path, all);
      continue;
    }
    const alone = others.length === 0 || following.length === 0 ? reason : await attempt(path, following);
    if (alone === undefined) changes.set(path, following);
    refused.push({ path, changes: alone === undefined ? others.length : all.length, reason });
    if (alone === undefined) continue;
    for (const { follows } of following) {
      if (follows !== undefined)
        unfollowed.set(follows, `"${path}" tells of it, and cannot be changed with it: ${alone}`);
    }
  }
  return { changes, refused, unfollowed };
}

/** The cells that follow other files, by index file. */
async function allFollowers(
  { source, master, asked, histories, onRead }: IndexChangesRequest,
  refused: Refusal[],
): Promise<Map<string, PlannedChange[]>> {
  const followers = new Map<string, PlannedChange[]>();
  if (histories.size === 0) return followers;
  for await (const index of readHduIndexes(source, master)) {
    if ('fault' in index) {
      const reason = `what it tells of files that are repaired cannot be brought up to date: ${index.fault}`;
      refused.push({ path: index.path, changes: 0, reason });
      continue;
    }
    const found = await findFollowers(source, index, histories, askedOf(index, asked.get(index.path) ?? []));
    if (found.length === 0) continue;
    followers.set(index.path, [...(followers.get(index.path) ?? []), ...found]);
    onRead(index.path, index.info);
  }
  return followers;
}

function askedOf(
  { path, hdu }: IndexTable,
  asked: readonly Change[],
): (row: number, name: string) => Change | undefined {
  const byPlace = new Map(asked.map((change) => [placeOfChange(change), change]));
  const nothing = { rule: '', found: null, value: null };
  return (row, name) => byPlace.get(placeOfChange({ path, hdu, kind: 'cell', name, row, ...nothing }));
}

function withoutPlaces(changes: readonly PlannedChange[], others: readonly Change[]): PlannedChange[] {
  const taken = new Set(others.map(placeOfChange));
  return changes.filter((change) => !taken.has(placeOfChange(change)));
}
