import { describe, expect, it } from 'vitest';
import { type CrashState, crashStates } from './crash-states.ts';
import type { Action, Operation } from './operation.ts';
import { replay } from './replay.ts';
import type { Tree, TreeEntry } from './tree.ts';

const LATE = 1e6;

/** Operations one after the other. */
function inTurn(...actions: readonly Action[]): Operation[] {
  return actions.map((action, index) => ({ start: 2 * index, end: 2 * index + 1, action }));
}

const create = (path: string, handle: number): Action => ({
  kind: 'open',
  path,
  handle,
  create: true,
  truncate: false,
  append: false,
  mode: 0o644,
});
const open = (path: string, handle: number): Action => ({ ...create(path, handle), create: false }) as Action;
const write = (handle: number, text: string, position?: number): Action => ({
  kind: 'write',
  handle,
  position,
  data: Buffer.from(text),
});
const sync = (handle: number): Action => ({ kind: 'sync', target: { handle } });
const syncPath = (path: string): Action => ({ kind: 'sync', target: { path } });
const rename = (from: string, to: string): Action => ({ kind: 'rename', from, to });
const unlink = (path: string): Action => ({ kind: 'unlink', path });

const file = (text: string): TreeEntry => ({ kind: 'file', content: Buffer.from(text), mode: 0o644, mtimeMs: 1 });

/** One line that tells what a tree holds. */
function show(tree: Tree): string {
  const parts = [...tree].map(([path, entry]) => {
    if (entry.kind !== 'file') return `${path}/`;
    return `${path}=${entry.content.toString().replaceAll('\0', '0')}`;
  });
  return parts.join(' ');
}

/** What may be there after a crash at the end, or at a tick. */
function leftBy(
  ending: CrashState['ending'],
  operations: readonly Operation[],
  { before = new Map(), tick = LATE }: { before?: Tree; tick?: number } = {},
): Set<string> {
  const history = replay(before, { operations, ticks: LATE, outside: [] });
  const states = [...crashStates(history, tick)].filter((state) => state.ending === ending);
  return new Set(states.map((state) => show(state.tree())));
}

describe('crashStates()', () => {
  it('keeps all that was done when the process is killed', () => {
    const operations = inTurn(create('a', 1), write(1, 'text'), rename('a', 'b'));
    expect(leftBy('killed', operations)).toEqual(new Set(['b=text']));
    expect(leftBy('killed', operations, { tick: 4 })).toEqual(new Set(['a=text']));
  });

  it('lets a call that was under way be done, not done or half done', () => {
    const operations = inTurn(create('a', 1), write(1, 'text'));
    expect(leftBy('killed', operations, { tick: 3 })).toEqual(new Set(['a=', 'a=te', 'a=text']));
    const renames: Operation[] = [
      { start: 1, end: 5, action: rename('a', 'A') },
      { start: 2, end: 4, action: rename('b', 'B') },
    ];
    const before = new Map([
      ['a', file('1')],
      ['b', file('2')],
    ]);
    const found = leftBy('killed', renames, { before, tick: 3 });
    expect(found).toEqual(new Set(['a=1 b=2', 'A=1 b=2', 'B=2 a=1', 'A=1 B=2']));
  });

  it('loses the content of a file that was renamed without a sync', () => {
    const operations = inTurn(create('part', 1), write(1, 'text'), rename('part', 'final'), syncPath(''));
    const found = leftBy('power lost', operations);
    expect(found).toContain('final=');
    expect(found).toContain('final=te');
    expect(found).toContain('final=0000');
    expect([...found].every((tree) => tree.startsWith('final='))).toBe(true);
  });

  it('loses the name of a file that was synced in a directory that was not', () => {
    const operations = inTurn(create('part', 1), write(1, 'text'), sync(1), rename('part', 'final'));
    expect(leftBy('power lost', operations)).toEqual(new Set(['', 'part=text', 'final=text']));
  });

  it('loses nothing that was synced with its directory', () => {
    const operations = inTurn(create('part', 1), write(1, 'text'), sync(1), rename('part', 'final'), syncPath(''));
    expect(leftBy('power lost', operations)).toEqual(new Set());
  });

  it('does not count on a sync that has not ended, or had begun before', () => {
    const operations: Operation[] = [
      ...inTurn(create('a', 1), syncPath('')),
      { start: 5, end: 8, action: sync(1) },
      { start: 4, end: 6, action: write(1, 'text') },
    ];
    operations.sort((left, right) => left.end - right.end);
    expect(leftBy('power lost', operations)).toContain('a=');
    const early: Operation[] = [...inTurn(create('a', 1), syncPath(''), write(1, 'text'))];
    expect(leftBy('power lost', [...early, { start: 6, end: 9, action: sync(1) }], { tick: 9 })).toContain('a=');
    expect(leftBy('power lost', [...early, { start: 6, end: 9, action: sync(1) }], { tick: 10 })).toEqual(new Set());
  });

  it('shows names in any order that were not synced', () => {
    const before = new Map([
      ['x', file('1')],
      ['y', file('2')],
      ['z', file('old')],
    ]);
    const found = leftBy('power lost', inTurn(rename('x', 'first'), rename('y', 'z')), { before });
    expect(found).toEqual(new Set(['x=1 y=2 z=old', 'first=1 y=2 z=old', 'x=1 z=2', 'first=1 z=2']));
  });

  it('brings back what was removed in a directory that was not synced', () => {
    const before = new Map([['x', file('1')]]);
    expect(leftBy('power lost', inTurn(unlink('x')), { before })).toEqual(new Set(['', 'x=1']));
    expect(leftBy('power lost', inTurn(unlink('x'), syncPath('')), { before })).toEqual(new Set());
  });

  it('loses a directory with all that was synced in it while its own name was not', () => {
    const operations = inTurn(
      { kind: 'mkdir', path: 'd', mode: 0o755 },
      create('d/a', 1),
      write(1, 'text'),
      sync(1),
      syncPath('d'),
    );
    expect(leftBy('power lost', operations)).toEqual(new Set(['', 'd/ d/a=text']));
    expect(leftBy('power lost', [...operations, { start: 90, end: 91, action: syncPath('') }])).toEqual(new Set());
  });

  it('never loses a file on its way to another directory, but may show it in both', () => {
    const before: Tree = new Map<string, TreeEntry>([
      ['d', { kind: 'directory' }],
      ['x', file('1')],
    ]);
    const found = leftBy('power lost', inTurn(rename('x', 'd/x')), { before });
    expect(found).toEqual(new Set(['d/ x=1', 'd/ d/x=1', 'd/ d/x=1 x=1']));
    expect(leftBy('power lost', inTurn(rename('x', 'd/x'), syncPath('d')), { before })).toEqual(
      new Set(['d/ d/x=1', 'd/ d/x=1 x=1']),
    );
  });

  it('keeps what was synced of a file that was written on, whatever becomes of the rest', () => {
    const before = new Map([['log', file('one,')]]);
    const operations = inTurn(
      { ...open('log', 1), append: true } as Action,
      write(1, 'two,'),
      sync(1),
      write(1, 'six,'),
    );
    const found = leftBy('power lost', operations, { before });
    expect(found).toContain('log=one,two,');
    expect(found).toContain('log=one,two,si');
    expect(found).toContain('log=one,two,0000');
    expect([...found].every((tree) => tree.startsWith('log=one,two,'))).toBe(true);
  });

  it('leaves a hole where a part was written further on', () => {
    const operations = inTurn(create('a', 1), syncPath(''), write(1, 'end', 4), write(1, 'head', 0));
    expect(leftBy('killed', operations, { tick: 6 })).toContain('a=0000end');
    expect(leftBy('killed', operations)).toEqual(new Set(['a=headend']));
  });

  it('takes a sync of the file system for one of everything', () => {
    const operations = inTurn(create('a', 1), write(1, 'text'), { kind: 'sync-all' }, write(1, '!'));
    const found = leftBy('power lost', operations);
    expect(found.size).toBeGreaterThan(1);
    expect([...found].every((tree) => tree.startsWith('a=text'))).toBe(true);
  });

  it('loses the old content where a file is emptied in place', () => {
    const before = new Map([['a', file('old')]]);
    const operations = inTurn({ ...open('a', 1), truncate: true } as Action, write(1, 'new!'));
    const found = leftBy('power lost', operations, { before });
    for (const tree of ['a=old', 'a=new!', 'a=ne', 'a=0000']) expect(found).toContain(tree);
  });
});

describe('replay()', () => {
  it('refuses a recording that does not fit what was there', () => {
    const recording = { operations: inTurn(rename('a', 'b')), ticks: 2, outside: [] };
    expect(() => replay(new Map(), recording)).toThrow(/rename.* does not fit/);
  });
});
