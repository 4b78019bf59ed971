import type { Change, Effect, History, Inode } from './history.ts';
import type { Action, Recording, Target } from './operation.ts';
import type { Tree } from './tree.ts';

interface OpenFile {
  readonly inode: Inode;
  readonly append: boolean;
  position: number;
}

/**
 * Replays a recording over the tree that it began with.
 *
 * @throws if the recording does not fit the tree: then the recorder has missed something.
 */
export function replay(before: Tree, recording: Recording): History {
  return new Replay(before).run(recording);
}

class Replay {
  private readonly effects: Effect[] = [];
  private readonly names = new Map<Inode, Map<string, Inode>>();
  private readonly sizes = new Map<Inode, number>();
  private readonly files = new Map<number, OpenFile>();
  private readonly root: Inode;
  private inodes = 0;
  private now: { start: number; end: number } = { start: 0, end: 0 };

  constructor(before: Tree) {
    const directories = new Map<string, Inode>();
    const makeDirectory = (path: string): Inode => {
      const names = new Map<string, Inode>();
      for (const [name, entry] of before) {
        const [parent, own] = split(name);
        if (parent !== path) continue;
        if (entry.kind === 'directory') names.set(own, makeDirectory(name));
        else if (entry.kind === 'link') names.set(own, this.inode('link', { leadsTo: entry.leadsTo }));
        else names.set(own, this.inode('file', entry));
      }
      const directory = this.inode('directory', { names });
      directories.set(path, directory);
      return directory;
    };
    this.root = makeDirectory('');
  }

  run(recording: Recording): History {
    for (const { start, end, action } of recording.operations) {
      this.now = { start, end };
      try {
        this.take(action);
      } catch (error) {
        throw new Error(`operation ${start}…${end} (${action.kind}) does not fit what was there`, { cause: error });
      }
    }
    return { root: this.root, effects: this.effects };
  }

  private inode(kind: Inode['kind'], given: Partial<Inode>): Inode {
    this.inodes += 1;
    const { content = Buffer.alloc(0), mode = 0, mtimeMs, leadsTo = '', names = new Map() } = given;
    const inode = { id: this.inodes, kind, content, mode, mtimeMs, leadsTo, names };
    this.names.set(inode, new Map(names));
    this.sizes.set(inode, content.length);
    return inode;
  }

  private take(action: Action): void {
    switch (action.kind) {
      case 'open':
        this.open(action);
        break;
      case 'write':
        this.write(action.handle, action.position, action.data);
        break;
      case 'truncate':
        this.resize(this.at(action.target), action.sizeBytes);
        break;
      case 'chmod':
        this.changeFile(this.at(action.target), { kind: 'mode', mode: action.mode });
        break;
      case 'utimes':
        this.changeFile(this.at(action.target), { kind: 'time', mtimeMs: action.mtimeMs });
        break;
      case 'sync':
        this.sync(this.at(action.target));
        break;
      case 'sync-all':
        this.sync(undefined);
        break;
      case 'rename':
        this.rename(action.from, action.to);
        break;
      case 'link':
        this.name(action.to, this.find(action.from));
        break;
      case 'symlink':
        this.name(action.path, this.inode('link', { leadsTo: action.leadsTo }));
        break;
      case 'unlink':
      case 'rmdir':
        this.unname(action.path);
        break;
      case 'mkdir':
        this.name(action.path, this.inode('directory', {}));
        break;
      case 'close':
      case 'mark':
        break;
    }
  }

  private open({ path, handle, create, truncate, append, mode }: Action & { kind: 'open' }): void {
    let inode = this.look(path);
    if (inode === undefined) {
      if (!create) throw new Error(`there is no "${path}"`);
      inode = this.inode('file', { mode });
      this.name(path, inode);
    } else if (truncate && (this.sizes.get(inode) ?? 0) > 0) this.resize(inode, 0);
    this.files.set(handle, { inode, append, position: 0 });
  }

  private write(handle: number, position: number | undefined, data: Buffer): void {
    const file = this.files.get(handle);
    if (file === undefined) throw new Error(`no file #${handle} is open`);
    const size = this.sizes.get(file.inode) ?? 0;
    const place = file.append ? size : (position ?? file.position);
    if (position === undefined) file.position = place + data.length;
    this.sizes.set(file.inode, Math.max(size, place + data.length));
    this.changeFile(file.inode, { kind: 'write', position: place, data });
  }

  private resize(inode: Inode, sizeBytes: number): void {
    this.sizes.set(inode, sizeBytes);
    this.changeFile(inode, { kind: 'size', sizeBytes });
  }

  /** The mode and the times of a directory do not count. */
  private changeFile(inode: Inode, change: Change): void {
    if (inode.kind === 'file') this.add(inode, change, `${change.kind} of file ${inode.id}`);
  }

  private rename(from: string, to: string): void {
    const inode = this.find(from);
    if (this.look(to) === inode) return;
    const [source, sourceName] = this.place(from);
    const [target, targetName] = this.place(to);
    this.names.get(source)?.delete(sourceName);
    this.names.get(target)?.set(targetName, inode);
    const text = `rename of "${from}" to "${to}"`;
    const was = source === target ? sourceName : undefined;
    const effect = this.add(target, { kind: 'name', name: targetName, inode, was }, text);
    // The new name first: no file system in use here loses a file that is renamed into another directory.
    if (source !== target) this.add(source, { kind: 'no-name', name: sourceName, inode }, `end of ${text}`, effect);
  }

  private name(path: string, inode: Inode): void {
    const [directory, name] = this.place(path);
    this.names.get(directory)?.set(name, inode);
    this.add(directory, { kind: 'name', name, inode, was: undefined }, `new ${inode.kind} "${path}"`);
  }

  private unname(path: string): void {
    const inode = this.find(path);
    const [directory, name] = this.place(path);
    this.names.get(directory)?.delete(name);
    this.add(directory, { kind: 'no-name', name, inode }, `removal of "${path}"`);
  }

  private add(inode: Inode, change: Change, text: string, needs?: Effect): Effect {
    const id = this.effects.length;
    const effect = { id, inode, change, ...this.now, lastingFrom: Number.POSITIVE_INFINITY, needs, text };
    this.effects.push(effect);
    return effect;
  }

  /** A sync covers what had ended when it was asked for, and holds from when it has ended. */
  private sync(inode: Inode | undefined): void {
    for (const effect of this.effects) {
      if ((inode !== undefined && effect.inode !== inode) || effect.end > this.now.start) continue;
      effect.lastingFrom = Math.min(effect.lastingFrom, this.now.end);
    }
  }

  private at(target: Target): Inode {
    if ('path' in target) return this.find(target.path);
    return this.files.get(target.handle)?.inode ?? fail(`no file #${target.handle} is open`);
  }

  private find(path: string): Inode {
    return this.look(path) ?? fail(`there is no "${path}"`);
  }

  private look(path: string): Inode | undefined {
    if (path === '') return this.root;
    const [directory, name] = this.place(path);
    return this.names.get(directory)?.get(name);
  }

  private place(path: string): [Inode, string] {
    const [parent, name] = split(path);
    const directory = this.find(parent);
    if (directory.kind !== 'directory') throw new Error(`"${parent}" is a ${directory.kind}`);
    return [directory, name];
  }
}

function split(path: string): [string, string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}

function fail(message: string): never {
  throw new Error(message);
}
