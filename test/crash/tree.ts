import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';

export interface TreeFile {
  readonly kind: 'file';
  readonly content: Buffer;
  readonly mode: number;
  /** `undefined` where it is not that of the source but the time of writing. */
  readonly mtimeMs: number | undefined;
  /** Stands for the content where that is made only when it is asked for: equal marks, equal contents. */
  readonly contentMark?: string;
}

export interface TreeDirectory {
  readonly kind: 'directory';
}

export interface TreeLink {
  readonly kind: 'link';
  readonly leadsTo: string;
}

export type TreeEntry = TreeFile | TreeDirectory | TreeLink;

/** What a directory holds, by POSIX paths relative to it; a directory comes before what it holds. */
export type Tree = ReadonlyMap<string, TreeEntry>;

/** Reads a directory of this machine; empty if there is none. */
export function readTree(directory: string): Tree {
  const tree = new Map<string, TreeEntry>();
  const visit = (path: string) => {
    const entries = fs.readdirSync(join(directory, path), { withFileTypes: true });
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      const place = join(directory, name);
      if (entry.isSymbolicLink()) tree.set(name, { kind: 'link', leadsTo: fs.readlinkSync(place) });
      else if (entry.isDirectory()) {
        tree.set(name, { kind: 'directory' });
        visit(name);
      } else {
        const { mode, mtimeMs } = fs.statSync(place);
        tree.set(name, { kind: 'file', content: fs.readFileSync(place), mode: mode & 0o7777, mtimeMs });
      }
    }
  };
  if (fs.existsSync(directory)) visit('');
  return tree;
}

/** Makes a directory of this machine hold this and nothing else. */
export function writeTree(directory: string, tree: Tree): void {
  fs.rmSync(directory, { recursive: true, force: true });
  fs.mkdirSync(directory, { recursive: true });
  for (const [path, entry] of tree) {
    const place = join(directory, path);
    if (entry.kind === 'directory') fs.mkdirSync(place);
    else if (entry.kind === 'link') fs.symlinkSync(entry.leadsTo, place);
    else {
      fs.writeFileSync(place, entry.content);
      fs.chmodSync(place, entry.mode);
      if (entry.mtimeMs !== undefined) fs.utimesSync(place, entry.mtimeMs / 1000, entry.mtimeMs / 1000);
    }
  }
}

/** What lies below a directory of a tree. */
export function subtree(tree: Tree, directory: string): Tree {
  const below = [...tree].filter(([path]) => path.startsWith(`${directory}/`));
  return new Map(below.map(([path, entry]) => [path.slice(directory.length + 1), entry]));
}

/** How two trees differ, a line for each path. Times count where both have one, to a millisecond. */
export function differences(found: Tree, wanted: Tree): string[] {
  const lines: string[] = [];
  for (const path of new Set([...wanted.keys(), ...found.keys()])) {
    const [left, right] = [found.get(path), wanted.get(path)];
    if (left === undefined) lines.push(`"${path}" is missing`);
    else if (right === undefined) lines.push(`"${path}" should not be there`);
    else {
      const difference = entryDifference(left, right);
      if (difference !== undefined) lines.push(`"${path}": ${difference}`);
    }
  }
  return lines;
}

function entryDifference(found: TreeEntry, wanted: TreeEntry): string | undefined {
  if (found.kind === 'link' && wanted.kind === 'link') {
    return found.leadsTo === wanted.leadsTo ? undefined : `leads to "${found.leadsTo}" instead of "${wanted.leadsTo}"`;
  }
  if (found.kind !== 'file' || wanted.kind !== 'file') {
    return found.kind === wanted.kind ? undefined : `a ${found.kind} instead of a ${wanted.kind}`;
  }
  if (!found.content.equals(wanted.content)) {
    return `other content (${found.content.length} bytes, wanted ${wanted.content.length})`;
  }
  if (found.mode !== wanted.mode) return `mode ${found.mode.toString(8)} instead of ${wanted.mode.toString(8)}`;
  if (found.mtimeMs === undefined || wanted.mtimeMs === undefined) return undefined;
  const sameTime = Math.abs(found.mtimeMs - wanted.mtimeMs) < 1;
  return sameTime ? undefined : `time ${found.mtimeMs} instead of ${wanted.mtimeMs}`;
}

const digests = new WeakMap<Buffer, string>();

/** A digest of bytes that do not change; a buffer is read once. */
export function digestOf(content: Buffer): string {
  let digest = digests.get(content);
  if (digest === undefined) {
    digest = createHash('sha1').update(content).digest('base64');
    digests.set(content, digest);
  }
  return digest;
}

/** Equal for equal trees. */
export function keyOf(tree: Tree): string {
  const hash = createHash('sha1');
  for (const path of [...tree.keys()].sort()) {
    const entry = tree.get(path) as TreeEntry;
    hash.update(`${path}\0${entry.kind}\0${keyOfEntry(entry)}\0`);
  }
  return hash.digest('base64');
}

function keyOfEntry(entry: TreeEntry): string {
  if (entry.kind === 'link') return entry.leadsTo;
  if (entry.kind === 'directory') return '';
  return `${entry.contentMark ?? digestOf(entry.content)} ${entry.mode} ${entry.mtimeMs}`;
}
