import fs from 'node:fs';
import { link, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination } from './local-destination.ts';
import { isStagedName, stagedNameOf, stagedPathOf } from './staged-name.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('LocalDestination.stage()', () => {
  it('shows nothing under the name until the file is published', async () => {
    const root = await tempDirectory();
    const destination = new LocalDestination(join(root, 'a/b'));
    const staged = await destination.stage('c/x.fits');
    await staged.write(bytes('one'));
    await staged.write(bytes('two'));
    expect(await staged.seal({ mode: 0o640, mtimeMs: 1_500_000_000_123 })).toBe(6);
    const [partial, ...others] = await readdir(join(root, 'a/b/c'));
    expect(others).toEqual([]);
    expect(isStagedName(partial ?? '')).toBe(true);
    await staged.sync();
    await staged.publish();
    expect(await readdir(join(root, 'a/b/c'))).toEqual(['x.fits']);
    expect(await readFile(join(root, 'a/b/c/x.fits'), 'utf8')).toBe('onetwo');
    const info = await stat(join(root, 'a/b/c/x.fits'));
    expect([info.mode & 0o777, Math.round(info.mtimeMs)]).toEqual([0o640, 1_500_000_000_123]);
  });

  it('replaces a read-only file and a link without touching what the link leads to', async () => {
    const root = await tempDirectory();
    const outside = join(await tempDirectory(), 'precious');
    await writeFile(outside, 'precious', { mode: 0o444 });
    await symlink(outside, join(root, 'x'));
    const staged = await new LocalDestination(root).stage('x');
    await staged.write(bytes('new'));
    await staged.seal({});
    await staged.publish();
    expect(await readFile(outside, 'utf8')).toBe('precious');
    expect((await lstat(join(root, 'x'))).isFile()).toBe(true);
  });

  it('leaves no trace when discarded, and the old file as it was', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'x'), 'old');
    const staged = await new LocalDestination(root).stage('x');
    await staged.write(bytes('new'));
    await staged.discard();
    expect(await readdir(root)).toEqual(['x']);
    expect(await readFile(join(root, 'x'), 'utf8')).toBe('old');
  });

  it('takes over what a killed run left half written', async () => {
    const root = await tempDirectory();
    const destination = new LocalDestination(root);
    const killed = await destination.stage('x');
    const [partial = ''] = await readdir(root);
    await killed.discard();
    await writeFile(join(root, partial), 'half of a longer text');
    const staged = await destination.stage('x');
    await staged.write(bytes('whole'));
    await staged.seal({});
    await staged.publish();
    expect(await readFile(join(root, 'x'), 'utf8')).toBe('whole');
    expect(await readdir(root)).toEqual(['x']);
  });

  it('makes a new directory lasting before a file can be in it, and only once', async () => {
    const destination = new LocalDestination(await tempDirectory());
    const synced = vi.spyOn(destination, 'syncDirectory');
    for (const path of ['a/b/x', 'a/b/y']) await (await destination.stage(path)).discard();
    expect(synced.mock.calls).toEqual([[''], ['a']]);
  });

  it('refuses a directory that a link leads out of the destination, and names both', async () => {
    const root = await tempDirectory();
    const outside = await tempDirectory();
    await symlink(outside, join(root, 'data'));
    const destination = new LocalDestination(root);
    for (const path of ['data/x', 'data/deeper/x']) {
      await expect(destination.stage(path)).rejects.toMatchObject({ code: 'unsafe-path' });
      await expect(destination.stage(path)).rejects.toThrow(outside);
    }
    expect(await readdir(outside)).toEqual([]);
  });

  it('follows a link that stays inside, and takes a destination that is a link itself', async () => {
    const root = await tempDirectory();
    await mkdir(join(root, 'store/real'), { recursive: true });
    await symlink('real', join(root, 'store/data'));
    await symlink('store', join(root, 'link'));
    const staged = await new LocalDestination(join(root, 'link')).stage('data/x');
    await staged.seal({});
    await staged.publish();
    expect(await readdir(join(root, 'store/real'))).toEqual(['x']);
  });

  it('says in one line why it cannot write', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'file'), '');
    const refused = new LocalDestination(join(root, 'file/below')).stage('x');
    await expect(refused).rejects.toMatchObject({ code: 'unwritable' });
    await expect(refused).rejects.toThrow(
      /Cannot write ".*file.below": a part of the path is a file and no directory\./,
    );
  });
});

describe('LocalDestination.append()', () => {
  it('writes behind the end of a file, and follows no link', async () => {
    const root = await tempDirectory();
    const destination = new LocalDestination(root);
    await writeFile(join(root, 'log'), 'one\n');
    await destination.append('log', bytes('two\n'));
    await destination.append('log', bytes('three\n'));
    expect(await readFile(join(root, 'log'), 'utf8')).toBe('one\ntwo\nthree\n');
    await symlink(join(root, 'log'), join(root, 'link'));
    for (const path of ['link', 'absent']) {
      await expect(destination.append(path, bytes('x'))).rejects.toMatchObject({ code: 'unwritable' });
    }
    expect(await readdir(root)).toEqual(['link', 'log']);
  });
});

describe('LocalDestination.ownerOf()', () => {
  it('tells to whom a file belongs', async () => {
    const root = await tempDirectory();
    await writeFile(join(root, 'file'), '');
    const { uid, gid } = await stat(join(root, 'file'));
    const destination = new LocalDestination(root);
    expect(await destination.ownerOf('file')).toEqual({ user: uid, group: gid });
    await expect(destination.ownerOf('absent')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('stagedPathOf()', () => {
  it.each(['x.fits', 'a/b/x.fits'])('is where %s is staged', async (path) => {
    const destination = new LocalDestination(await tempDirectory());
    const staged = await destination.stage(path);
    expect((await destination.stat(stagedPathOf(path)))?.kind).toBe('file');
    expect(stagedPathOf(path).startsWith('/')).toBe(false);
    await staged.discard();
  });
});

describe('LocalDestination.stage() with `resume`', () => {
  it('does not write into a file that has another name, too', async () => {
    const [root, outside] = [await tempDirectory(), join(await tempDirectory(), 'precious')];
    await writeFile(outside, 'precious');
    await link(outside, join(root, stagedNameOf('x')));
    const staged = await new LocalDestination(root).stage('x', { resume: true });
    await staged.parts?.truncate(3);
    await staged.discard();
    expect(await readFile(outside, 'utf8')).toBe('precious');
  });
});

describe('LocalDestination.removeEmptyDirectory()', () => {
  it('leaves links, and what they lead to', async () => {
    const [root, outside] = [await tempDirectory(), await tempDirectory()];
    await mkdir(join(outside, 'empty'));
    await mkdir(join(root, 'real'));
    await symlink(outside, join(root, 'out'));
    await symlink('real', join(root, 'in'));
    const destination = new LocalDestination(root);
    for (const path of ['out/empty', 'out', 'in', 'absent/deeper']) await destination.removeEmptyDirectory(path);
    expect([await readdir(root), await readdir(outside)]).toEqual([['in', 'out', 'real'], ['empty']]);
    await destination.removeEmptyDirectory('real');
    expect(await readdir(root)).toEqual(['in', 'out']);
  });
});

describe('LocalDestination.syncAll()', () => {
  it('syncs each file system that lies below the root', async () => {
    const [root, programs] = [await tempDirectory(), await tempDirectory()];
    const log = join(programs, 'log');
    await writeFile(join(programs, 'sync'), `#!/bin/sh\nfor each; do echo "$each"; done > '${log}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
    const { statSync } = fs;
    const onOther = join(root, 'mounted');
    // As if another disk were mounted there.
    vi.spyOn(fs, 'statSync').mockImplementation(((path: string) => {
      const stats = statSync(path);
      return path.startsWith(onOther) ? Object.assign(stats, { dev: stats.dev + 1 }) : stats;
    }) as unknown as typeof fs.statSync);
    onTestFinished(() => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    });
    const destination = new LocalDestination(root);
    const names = Array.from({ length: 30 }, (_, index) => `${index % 2 ? 'mounted/a' : 'data'}/${index}`);
    const staged = await Promise.all(names.map((name) => destination.stage(name)));
    await destination.syncAll(staged);
    expect((await readFile(log, 'utf8')).trim().split('\n').sort()).toEqual(
      ['--', '-f', join(root, 'data'), join(root, 'mounted/a')].sort(),
    );
    await Promise.all(staged.map((file) => file.discard()));
  });

  it('holds up nothing to ask for the file system of a directory that lies elsewhere', async () => {
    class MountedDestination extends LocalDestination {
      override diskPath(): undefined {
        return undefined;
      }
    }
    const destination = new MountedDestination(await tempDirectory());
    const staged = await Promise.all(Array.from({ length: 30 }, (_, index) => destination.stage(`${index}/x`)));
    const blocking = vi.spyOn(fs, 'statSync');
    onTestFinished(() => void vi.restoreAllMocks());
    await destination.syncAll(staged);
    expect(blocking).not.toHaveBeenCalled();
    await Promise.all(staged.map((file) => file.discard()));
  });
});

describe('isStagedName()', () => {
  it.each(['x.fits', '.hidden', '.iact', '.iact-xyz.part', '.iact-0123456789abcdef.part.fits'])(
    'does not take %s',
    (name) => {
      expect(isStagedName(name)).toBe(false);
    },
  );
});
