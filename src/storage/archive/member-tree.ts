import { shortened } from '../../core/index.ts';
import type { TarMember } from './tar-scanner.ts';

/** A file of an archive. */
export interface FileNode {
  readonly kind: 'file';
  readonly id: number;
  readonly position: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number | undefined;
  readonly mode: number | undefined;
}

export interface DirectoryNode {
  readonly kind: 'directory';
  readonly id: number;
  mtimeMs: number | undefined;
  mode: number | undefined;
  readonly children: Map<string, Node>;
}

interface LinkNode {
  readonly kind: 'symbolic-link';
  readonly target: string;
}

type Node = FileNode | DirectoryNode | LinkNode;

/** As many as Linux follows. */
const MAX_LINKS = 40;
const MAX_NOTES = 100;
/** As Linux has it; a step of a longer name takes memory, and can have been two bytes of the archive. */
const MAX_NAME = 4096;

/**
 * The members of an archive as the tree that unpacking it would give: of several members of one name the last one, hard
 * links are the file as it was by then. Nothing lies, and no link leads, outside of it.
 */
export class MemberTree {
  private readonly top: DirectoryNode = directory(0);
  private readonly seen: string[] = [];
  private notesLeftOut = 0;
  private count = 0;

  /** What is in the archive and not in the tree, one sentence each. */
  get notes(): readonly string[] {
    return this.notesLeftOut === 0 ? this.seen : [...this.seen, `${this.notesLeftOut} more are left out.`];
  }

  note(text: string): void {
    if (this.seen.length < MAX_NOTES) this.seen.push(text);
    else this.notesLeftOut++;
  }

  add(member: TarMember): void {
    const reason = this.place(member);
    if (reason !== undefined) this.note(`"${shortened(member.name)}" is left out: ${reason}.`);
  }

  /**
   * What a path leads to, links followed; `undefined` if there is nothing.
   *
   * @param folder step below the top that the path counts from; `''` for the top.
   */
  find(path: string, folder: string): FileNode | DirectoryNode | undefined {
    const trail = [this.top];
    const steps = [...path.split('/').reverse(), folder];
    for (let links = 0; steps.length > 0; ) {
      const step = steps.pop() ?? '';
      if (step === '' || step === '.') continue;
      if (step === '..') {
        if (trail.length === 1) return undefined;
        trail.pop();
        continue;
      }
      const node = trail.at(-1)?.children.get(step);
      if (node === undefined) return undefined;
      if (node.kind === 'symbolic-link') {
        if (++links > MAX_LINKS || node.target.startsWith('/')) return undefined;
        steps.push(...node.target.split('/').reverse());
      } else if (node.kind === 'directory') trail.push(node);
      else return steps.length === 0 ? node : undefined;
    }
    return trail.at(-1);
  }

  /** The one folder that everything lies in; `undefined` if there is no such. What a Mac adds beside it does not count. */
  onlyFolder(): string | undefined {
    const [first, ...others] = [...this.top.children].filter(([name]) => !name.startsWith('._'));
    return first?.[1].kind === 'directory' && others.length === 0 ? first[0] : undefined;
  }

  /** Why the member has no place in the tree; `undefined` if it has. */
  private place(member: TarMember): string | undefined {
    if (Math.max(member.name.length, member.target.length) > MAX_NAME) return `it has more than ${MAX_NAME} characters`;
    const steps = stepsOf(member.name);
    if (steps === undefined) return 'its name leads out of the archive';
    const name = steps.pop();
    // `./`, the folder that was packed.
    if (name === undefined) return undefined;
    const parent = this.parentOf(steps);
    if (parent === undefined) return 'what it lies in is no directory';
    const before = parent.children.get(name);
    if (member.kind === 'directory' && before?.kind === 'directory') {
      before.mtimeMs = member.mtimeMs;
      before.mode = member.mode;
      return undefined;
    }
    if (before?.kind === 'directory' && before.children.size > 0) return 'a directory has that name';
    const node = this.nodeOf(member);
    if (node === undefined) return `it is a link to "${member.target}", which is not in the archive before it`;
    parent.children.set(name, node);
    return undefined;
  }

  private nodeOf(member: TarMember): Node | undefined {
    const { kind, target, position, sizeBytes, mtimeMs, mode } = member;
    if (kind === 'symbolic-link') return { kind, target };
    if (kind === 'directory') return { ...directory(++this.count), mtimeMs, mode };
    if (kind === 'file') return { kind, id: ++this.count, position, sizeBytes, mtimeMs, mode };
    const steps = stepsOf(target);
    let node: Node | undefined = this.top;
    for (const step of steps ?? []) node = node?.kind === 'directory' ? node.children.get(step) : undefined;
    return steps === undefined || node?.kind === 'directory' ? undefined : node;
  }

  private parentOf(steps: readonly string[]): DirectoryNode | undefined {
    let parent = this.top;
    for (const step of steps) {
      const node: Node = parent.children.get(step) ?? directory(++this.count);
      if (node.kind !== 'directory') return undefined;
      parent.children.set(step, node);
      parent = node;
    }
    return parent;
  }
}

function directory(id: number): DirectoryNode {
  return { kind: 'directory', id, mtimeMs: undefined, mode: undefined, children: new Map() };
}

/** `undefined` for a name that leaves the archive, or that no system could have. */
function stepsOf(name: string): string[] | undefined {
  if (name.startsWith('/') || name.includes('\0')) return undefined;
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  return steps.includes('..') ? undefined : steps;
}
