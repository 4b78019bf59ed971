import { execFileSync } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/storage/index.ts';
import { mutated, seededRandom } from '../fuzz/mutate.ts';
import { locationTarget } from '../fuzz/name-targets.ts';
import { copy, filesIn, idsOf } from '../support/copy.ts';
import { customStore, writeBytes } from '../support/store.ts';
import { type Sandbox, sandbox, snapshot, tryAll } from './sandbox.ts';

// What a hostile store, or a hostile destination, must not do to the copy itself.

const SOUND = { id: 1, name: 'sound.fits' };

describe('two rows that name one target', () => {
  it.each([
    [
      'a file, and the compressed one that stands for it',
      [{ name: 'a.fits' }, { name: 'a.fits.gz' }],
      'data/a.fits.gz',
    ],
    ['the same in the other order', [{ name: 'a.fits.gz' }, { name: 'a.fits' }], 'data/a.fits.gz'],
    [
      'three spellings of a path',
      [{ name: 'a.fits' }, { dir: 'data/.', name: 'a.fits' }, { dir: 'x/..', name: 'data//a.fits' }],
      'data/a.fits',
    ],
  ])('are copied once, and both stay listed: %s', async (_, rows, target) => {
    const place = await sandbox();
    const numbered = [SOUND, ...rows.map((row, position) => ({ id: position + 2, ...row }))];
    const store = await customStore(place.from, numbered, { files: ['data/sound.fits'] });
    const content = target.endsWith('.gz') ? gzipSync('content') : Buffer.from('content');
    await writeBytes(join(place.from, target), content, true);
    const done = await tryAll(place, store);
    expect(done.copy.error?.message).toBeUndefined();
    expect(done.copy.value).toMatchObject({ filesCopied: 2, bytesCopied: 26 + content.length, failed: [] });
    expect(await readFile(join(place.to, target))).toEqual(content);
    expect((await idsOf(place.to)).hdu).toEqual(numbered.map(({ id }) => id));
    expect(await filesIn(place.to)).not.toContain('.iact/journal.jsonl');
  });
});

describe('a path to nothing', () => {
  it.each([
    ['below a file', { dir: 'data/sound.fits', name: 'x' }, /sound\.fits\/x" does not exist/],
    ['of 5,000 bytes', { dir: `${'d'.repeat(249)}/`.repeat(20), name: 'a' }, /does not exist|too long/],
    ['whose compressed sibling would have too long a name', { name: 'n'.repeat(254) }, /n+" does not exist/],
  ])('is named, and the rest is copied: %s', async (_, row, message) => {
    const place = await sandbox();
    const store = await customStore(place.from, [SOUND, { id: 2, ...row }], { files: ['data/sound.fits'] });
    const done = await tryAll(place, store);
    expect(done.copy.error?.message).toBeUndefined();
    expect(done.copy.value?.failed.map(({ error }) => error.message)).toEqual([expect.stringMatching(message)]);
    expect(done.copy.value?.filesCopied).toBe(1);
    expect((await idsOf(place.to)).hdu).toEqual([1]);
  });
});

describe('our own state in a destination', () => {
  async function copyInto(make: (place: Sandbox) => Promise<unknown>): Promise<unknown> {
    const place = await sandbox();
    const store = await customStore(place.from, [SOUND]);
    await mkdir(place.to);
    await make(place);
    const before = await snapshot(place.root, place.to);
    const result = await copy(store, place.to).catch((error: unknown) => error);
    expect(await snapshot(place.root, place.to)).toEqual(before);
    return result;
  }

  it('is not written through a link that leads out', async () => {
    const result = await copyInto(({ to }) => symlink('../outside', join(to, '.iact')));
    expect(result).toMatchObject({ code: 'unsafe-path', message: expect.stringContaining('.iact') });
  });

  it('is not written through a journal that is a link', async () => {
    const result = await copyInto(async ({ to }) => {
      await mkdir(join(to, '.iact'));
      await symlink('../../outside/precious.txt', join(to, '.iact/journal.jsonl'));
    });
    expect(result).toMatchObject({ name: 'IactError', message: expect.stringContaining('journal.jsonl') });
  });

  it('does not hang on a journal that is a pipe', async () => {
    const result = await copyInto(async ({ to }) => {
      await mkdir(join(to, '.iact'));
      execFileSync('mkfifo', [join(to, '.iact/journal.jsonl')]);
    });
    expect(result).toMatchObject({ name: 'IactError', message: expect.stringContaining('journal.jsonl') });
  }, 10_000);

  it.each(['lock-%-1-1-ab', 'lock-%ff-1-1-ab', `lock-${'9'.repeat(100)}-${'9'.repeat(100)}-1-ab`])(
    'is not upset by the claim %s',
    async (name) => {
      const result = await copyInto(async ({ to }) => {
        await mkdir(join(to, '.iact'));
        await writeFile(join(to, '.iact', name), '');
      });
      // Whoever wrote it: its host cannot be told, so that nobody here may remove it.
      expect(result).toMatchObject({ code: 'locked', message: expect.stringContaining(name.slice(0, 20)) });
    },
  );

  it.each([
    '{"path":"data/sound.fits"',
    '\0'.repeat(5000),
    `${'['.repeat(100_000)}`,
    '{"path":"../x","sizeBytes":-1}\n',
  ])('is read however broken its journal is (%#)', async (text) => {
    const result = await copyInto(async ({ to }) => {
      await mkdir(join(to, '.iact'));
      await writeFile(join(to, '.iact/journal.jsonl'), text);
    });
    expect(result).toMatchObject({ filesCopied: 1, failed: [] });
  });
});

describe('a file at the destination', () => {
  it.each(['remote', 'local'] as const)(
    'that is a pipe is not waited for (prefer %s)',
    async (prefer) => {
      const place = await sandbox();
      const store = await customStore(place.from, [SOUND]);
      await mkdir(join(place.to, 'data'), { recursive: true });
      execFileSync('mkfifo', [join(place.to, 'data/sound.fits')]);
      const result = await copy(store, place.to, { prefer }).catch((error: unknown) => error);
      expect(result).toMatchObject({ code: 'exists', message: expect.stringContaining('sound.fits') });
    },
    10_000,
  );
});

describe('parseLocation()', () => {
  it.each([
    '-oProxyCommand=touch:data',
    '-oProxyCommand=x@host:data',
    'sftp://-oProxyCommand=x/data',
    'ssh://-oProxyCommand=x@host/data',
    'sftp://%2DoProxyCommand=x@host/data',
  ])('lets no option of ssh in as a host or user: %s', (text) => {
    expect(() => parseLocation(text)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
  });

  it.each(['sftp://host/%zz', 'sftp://u:%e9@host/', 'sftp://%ff@host/', 'file:///data/%'])(
    'refuses an escape that is none: %s',
    (text) => {
      expect(() => parseLocation(text)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
    },
  );

  it.each(['sftp://ho%00st/data', 'sftp://host/a%00b', 'sftp://us%0aer@host/', 'file:///data/%00'])(
    'refuses a control character: %s',
    (text) => {
      expect(() => parseLocation(text)).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
    },
  );

  it('does not take a file of another machine for one of this', () => {
    expect(() => parseLocation('file://server/share/x')).toThrow('server');
    expect(parseLocation('file://localhost/data/x')).toEqual({ kind: 'local', path: '/data/x' });
  });

  it('takes inputs that are near to right', async () => {
    const random = seededRandom(20261122);
    for (let round = 0; round < 1000; round++) await locationTarget.run(mutated(locationTarget, random));
  });
});
