import type { Change, Effect, History, Inode } from './history.ts';
import { digestOf, type Tree, type TreeEntry } from './tree.ts';

/**
 * What became of a change on the disk: it is there, it is not, or of what was written the length is there and the bytes
 * are zeros, or this part of it (0…1) is there.
 */
export type Fate = 'kept' | 'lost' | 'zeros' | number;

/** What the disk holds if every change met its fate. */
export function treeOf(history: History, fateOf: (effect: Effect) => Fate): Tree {
  const names = new Map<Inode, Map<string, Inode>>();
  const files = new Map<Inode, FileChange[]>();
  const kept = new Set<Effect>();
  const namesOf = (directory: Inode) => {
    const found = names.get(directory) ?? new Map(directory.names);
    names.set(directory, found);
    return found;
  };
  for (const effect of history.effects) {
    const fate = fateOf(effect);
    if (fate === 'lost' || (effect.needs !== undefined && !kept.has(effect.needs))) continue;
    kept.add(effect);
    const { inode, change } = effect;
    if (change.kind === 'name' || change.kind === 'no-name') changeNames(namesOf(inode), change);
    else {
      const changes = files.get(inode) ?? [];
      files.set(inode, changes);
      changes.push({ effect, fate });
    }
  }
  const tree = new Map<string, TreeEntry>();
  const visit = (directory: Inode, prefix: string) => {
    for (const [name, inode] of [...namesOf(directory)].sort(([left], [right]) => (left < right ? -1 : 1))) {
      const path = prefix + name;
      if (inode.kind === 'file') tree.set(path, fileOf(history, inode, files.get(inode) ?? []));
      else if (inode.kind === 'link') tree.set(path, { kind: 'link', leadsTo: inode.leadsTo });
      else {
        tree.set(path, { kind: 'directory' });
        visit(inode, `${path}/`);
      }
    }
  };
  visit(history.root, '');
  return tree;
}

function changeNames(names: Map<string, Inode>, change: Change & { kind: 'name' | 'no-name' }): void {
  const forget = (name: string | undefined) => {
    // The name may be that of another file by now, where changes before this one were lost.
    if (name !== undefined && names.get(name) === change.inode) names.delete(name);
  };
  if (change.kind === 'no-name') forget(change.name);
  else {
    forget(change.was);
    names.set(change.name, change.inode);
  }
}

interface FileChange {
  readonly effect: Effect;
  readonly fate: Fate;
}

const contents = new WeakMap<History, Map<string, Buffer>>();
const LARGEST_KEPT_BYTES = 1024 * 1024;

function fileOf(history: History, inode: Inode, changes: readonly FileChange[]): TreeEntry {
  let { mode, mtimeMs } = inode;
  for (const { effect } of changes) {
    const { change } = effect;
    if (change.kind === 'mode') mode = change.mode;
    else if (change.kind === 'time') mtimeMs = change.mtimeMs;
    else mtimeMs = undefined;
  }
  const bytes = changes.filter(({ effect }) => effect.change.kind === 'write' || effect.change.kind === 'size');
  if (bytes.length === 0) return { kind: 'file', content: inode.content, mode, mtimeMs };
  const sizeBytes = sizeNeeded(inode, bytes);
  const key = `${inode.id} ${bytes.map(({ effect, fate }) => `${effect.id}:${fate}`).join(' ')}`;
  if (sizeBytes <= LARGEST_KEPT_BYTES)
    return { kind: 'file', content: keptContent(history, key, inode, bytes), mode, mtimeMs };
  return {
    kind: 'file',
    get content() {
      return contentOf(inode, bytes);
    },
    contentMark: key,
    mode,
    mtimeMs,
  };
}

/** Contents are made and digested once, even if other fates lead to the same bytes. */
function keptContent(history: History, key: string, inode: Inode, changes: readonly FileChange[]): Buffer {
  const known = contents.get(history) ?? new Map<string, Buffer>();
  contents.set(history, known);
  let content = known.get(key);
  if (content === undefined) {
    content = contentOf(inode, changes);
    const digest = digestOf(content);
    content = known.get(digest) ?? content;
    known.set(digest, content).set(key, content);
  }
  return content;
}

function contentOf(inode: Inode, changes: readonly FileChange[]): Buffer {
  let size = inode.content.length;
  const content = Buffer.alloc(sizeNeeded(inode, changes));
  inode.content.copy(content);
  for (const { effect, fate } of changes) {
    const { change } = effect;
    if (change.kind === 'size') {
      content.fill(0, change.sizeBytes);
      size = change.sizeBytes;
    } else if (change.kind === 'write') {
      const end = typeof fate === 'number' ? Math.floor(change.data.length * fate) : change.data.length;
      if (fate === 'zeros') content.fill(0, change.position, change.position + end);
      else change.data.copy(content, change.position, 0, end);
      size = Math.max(size, end > 0 ? change.position + end : size);
    }
  }
  return content.subarray(0, size);
}

function sizeNeeded(inode: Inode, changes: readonly FileChange[]): number {
  let size = inode.content.length;
  for (const { effect } of changes) {
    const { change } = effect;
    if (change.kind === 'size') size = Math.max(size, change.sizeBytes);
    else if (change.kind === 'write') size = Math.max(size, change.position + change.data.length);
  }
  return size;
}
