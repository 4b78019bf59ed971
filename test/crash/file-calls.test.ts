import './file-calls.ts';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import fsPromises, { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { itNeeds, program } from '../support/require.ts';
import { tempDirectory } from '../support/temp.ts';
import { treeOf } from './disk-model.ts';
import { type Action, describeAction } from './operation.ts';
import { mark, noteSyncAll, record } from './recorder.ts';
import { replay } from './replay.ts';
import { differences, readTree } from './tree.ts';

const fsync = promisify(fs.fsync);
const write = promisify(fs.write);

/** Records an action in a new directory, and makes sure that the recording explains what is there afterwards. */
async function recorded(action: (root: string) => Promise<void>): Promise<Action[]> {
  const root = await tempDirectory();
  fs.writeFileSync(join(root, 'old'), 'old content');
  const before = readTree(root);
  const recording = await record(root, () => action(root));
  expect(
    differences(
      treeOf(replay(before, recording), () => 'kept'),
      readTree(root),
    ),
  ).toEqual([]);
  expect(recording.outside).toEqual([]);
  return recording.operations.map((operation) => operation.action);
}

const kinds = (actions: readonly Action[]): string[] => actions.map(({ kind }) => kind);

describe('record()', () => {
  it('sees calls that block', async () => {
    const actions = await recorded(async (root) => {
      const path = join(root, 'a');
      fs.mkdirSync(join(root, 'd/e'), { recursive: true });
      const fd = fs.openSync(path, 'wx+', 0o600);
      fs.writeSync(fd, Buffer.from('content'), 1, 3, 2);
      fs.writeSync(fd, 'text', 0);
      fs.writevSync(fd, [Buffer.from('x'), Buffer.from('y')], 7);
      fs.ftruncateSync(fd, 8);
      fs.fchmodSync(fd, 0o640);
      fs.futimesSync(fd, 1000, 1000);
      fs.fsyncSync(fd);
      fs.fdatasyncSync(fd);
      fs.closeSync(fd);
      fs.renameSync(path, join(root, 'd/b'));
      fs.linkSync(join(root, 'd/b'), join(root, 'c'));
      fs.symlinkSync('c', join(root, 'l'));
      fs.unlinkSync(join(root, 'c'));
      fs.rmdirSync(join(root, 'd/e'));
    });
    const file = ['open', 'write', 'write', 'write', 'truncate', 'chmod', 'utimes', 'sync', 'sync', 'close'];
    expect(kinds(actions)).toEqual(['mkdir', 'mkdir', ...file, 'rename', 'link', 'symlink', 'unlink', 'rmdir']);
  });

  it('sees calls with callbacks, also those that were made promises before', async () => {
    const actions = await recorded(async (root) => {
      const fd = await promisify(fs.open)(join(root, 'a'), 'w');
      await write(fd, Buffer.from('content'), 0, 7, 0);
      await promisify(fs.fchmod)(fd, 0o600);
      await fsync(fd);
      await promisify(fs.close)(fd);
      await promisify(fs.writeFile)(join(root, 'b'), 'text');
    });
    expect(kinds(actions)).toEqual(['open', 'write', 'chmod', 'sync', 'close', 'open', 'write', 'close']);
  });

  it('sees promises and the methods of handles', async () => {
    const actions = await recorded(async (root) => {
      const handle = await open(join(root, 'a'), 'a');
      await handle.write('one');
      await handle.appendFile('two');
      await handle.writev([Buffer.from('three')]);
      await handle.truncate(7);
      await handle.chmod(0o600);
      await handle.utimes(1000, 1000);
      await handle.datasync();
      await handle.sync();
      await handle.close();
      await fsPromises.rename(join(root, 'a'), join(root, 'b'));
      const directory = await open(root, 'r');
      await directory.sync();
      await directory.close();
    });
    const file = ['open', 'write', 'write', 'write', 'truncate', 'chmod', 'utimes', 'sync', 'sync', 'close'];
    expect(kinds(actions)).toEqual([...file, 'rename', 'open', 'sync', 'close']);
  });

  it('takes apart what Node makes of several calls', async () => {
    const actions = await recorded(async (root) => {
      fs.writeFileSync(join(root, 'a'), 'text', { mode: 0o600 });
      fs.appendFileSync(join(root, 'a'), new Uint8Array([1, 2]));
      await writeFile(
        join(root, 'old'),
        (async function* () {
          yield 'new';
          yield Buffer.from('er');
        })(),
      );
      await fsPromises.copyFile(join(root, 'a'), join(root, 'copy'));
      await fsPromises.mkdir(join(root, 'x/y'), { recursive: true });
      await writeFile(join(root, 'x/y/z'), '');
      await fsPromises.rm(join(root, 'x'), { recursive: true });
      await fsPromises.rm(join(root, 'absent'), { force: true });
      await pipeline([Buffer.from('stream')], fs.createWriteStream(join(root, 'stream')));
    });
    expect(actions.filter((action) => action.kind === 'open' && action.create)).toHaveLength(6);
    expect(kinds(actions).slice(-3)).toEqual(['open', 'write', 'close']);
    expect(kinds(actions)).toContain('rmdir');
  });

  it('keeps bytes as they were when the call was made', async () => {
    const actions = await recorded(async (root) => {
      const handle = await open(join(root, 'a'), 'w');
      const buffer = Buffer.from('first');
      const { bytesWritten } = await handle.write(buffer);
      buffer.fill('x');
      expect(bytesWritten).toBe(5);
      await handle.close();
    });
    expect(actions[1]).toMatchObject({ kind: 'write', data: Buffer.from('first') });
  });

  it('leaves out what fails, what only reads, and what happens elsewhere or later', async () => {
    const elsewhere = await tempDirectory();
    let late = '';
    const actions = await recorded(async (root) => {
      late = root;
      await fsPromises.unlink(join(root, 'absent')).catch(() => undefined);
      expect(() => fs.mkdirSync(root)).toThrow(/EEXIST/);
      await fsPromises.readFile(join(root, 'old'));
      await fsPromises.readFile(join(elsewhere, 'absent')).catch(() => undefined);
    });
    fs.writeFileSync(join(late, 'late'), '');
    expect(actions).toEqual([]);
  });

  it('names what is changed elsewhere', async () => {
    const [root, elsewhere] = [await tempDirectory(), await tempDirectory()];
    const { outside } = await record(root, () => writeFile(join(elsewhere, 'a'), ''));
    expect(outside).toEqual([join(elsewhere, 'a')]);
  });

  it('gives calls that overlap ticks that overlap', async () => {
    const root = await tempDirectory();
    const { operations } = await record(root, async () => {
      await Promise.all([fsPromises.mkdir(join(root, 'a')), fsPromises.mkdir(join(root, 'b'))]);
      mark('done');
    });
    const [first, second, told] = operations;
    expect(first && second && Math.max(first.start, second.start) < Math.min(first.end, second.end)).toBe(true);
    expect(told && describeAction(told.action)).toBe('told: done');
  });

  itNeeds(program('sync'))('sees the program sync, and what it is told of one', async () => {
    const actions = await recorded(async (root) => {
      await promisify(execFile)('sync', ['-f', root]);
      spawnSync('sync', [join(root, 'old')]);
      spawnSync('sync', ['-f', join(root, 'absent')], { stdio: 'ignore' });
      spawnSync('true');
      noteSyncAll()();
    });
    expect(actions).toEqual([{ kind: 'sync-all' }, { kind: 'sync', target: { path: 'old' } }, { kind: 'sync-all' }]);
  });
});
