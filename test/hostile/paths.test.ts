import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn } from '../support/copy.ts';
import { customStore, type HduRow } from '../support/store.ts';
import { hostileHduTable, sandbox, tryAll } from './sandbox.ts';

// Paths in an HDU index that somebody else has written.

const SOUND: HduRow = { id: 1, name: 'sound.fits' };

/** A store of a sound row and a hostile one; only the files that are named exist. */
async function storeWith(row: Omit<HduRow, 'id'>, files: readonly string[] = [], baseDir?: string) {
  const place = await sandbox();
  const rows = [SOUND, { id: 2, ...row }];
  const table = hostileHduTable(rows);
  if (baseDir !== undefined) table.header.set('BASE_DIR', baseDir);
  const store = await customStore(place.from, rows, { files: ['data/sound.fits', ...files], hduTables: [table] });
  return { place, store };
}

describe('a path that leaves the store', () => {
  it.each([
    ['.. in FILE_NAME', { name: '../../outside/precious.txt' }],
    ['.. in FILE_DIR', { dir: '../outside', name: 'precious.txt' }],
    ['.. behind a directory', { dir: 'data/../../outside', name: 'precious.txt' }],
    ['the directory above', { dir: '..', name: '..' }],
    ['an absolute FILE_NAME', { name: '/etc/passwd' }],
    ['an absolute FILE_DIR', { dir: '/etc', name: 'passwd' }],
    ['the root', { dir: '/', name: '/' }],
  ])('is refused, naming the row: %s', async (_, row) => {
    const { place, store } = await storeWith(row);
    const done = await tryAll(place, store);
    expect(done.copy.error).toMatchObject({ code: 'unsafe-path' });
    expect(done.copy.error?.message).toMatch(
      /^HDU index ".*hdu-index\.fits\.gz", row 2 \(OBS_ID 2\): the path ".*" (is absolute|leaves the store)\./,
    );
    expect(done.list.value?.[0]?.available).toBe(true);
    expect(done.find.value).toContain('OBS_ID');
    expect(done.init.error?.message).toContain('row 2 (OBS_ID 2)');
    await expect(filesIn(place.to)).rejects.toThrow('ENOENT');
  });

  it.each(['..', '../outside', 'data/../..'])('is refused by BASE_DIR %j', async (base) => {
    const { place, store } = await storeWith({ name: 'x.fits' }, [], base);
    const done = await tryAll(place, store);
    expect(done.copy.error).toMatchObject({ code: 'unsafe-path' });
    expect(done.copy.error?.message).toContain('row 1 (OBS_ID 1)');
  });

  it.each(['/', '/etc', '$HOME', '~'])('is not made by BASE_DIR %j, which is passed over', async (base) => {
    const { place, store } = await storeWith({ name: 'passwd' }, [], base);
    const done = await tryAll(place, store);
    expect(done.copy.value?.failed.map(({ path }) => path)).toEqual(['data/passwd']);
    expect(await filesIn(place.to)).toContain('data/sound.fits');
  });

  it('does not keep the other observations from being copied by a run list', async () => {
    const { place, store } = await storeWith({ name: '/etc/passwd' });
    const done = await tryAll(place, store, { runs: [1] });
    expect(done.copy.value).toMatchObject({ filesFound: 1, filesCopied: 1 });
    expect(await filesIn(place.to)).toContain('data/sound.fits');
  });
});

describe('an ordinary path', () => {
  it.each([
    ['.. that stays inside', { dir: 'x/../data/./y//..', name: 'a.fits' }, 'data/a.fits'],
    [
      'backslashes, which are no separators here',
      { name: '..\\..\\outside\\precious.txt' },
      'data/..\\..\\outside\\precious.txt',
    ],
    ['a drive', { name: 'C:a.fits' }, 'data/C:a.fits'],
    ['blanks and quotes', { name: 'a "b" \'c\' $(d) `e`.fits' }, 'data/a "b" \'c\' $(d) `e`.fits'],
    ['a name like an option', { dir: '-rf', name: '--help' }, '-rf/--help'],
    ['a name like ours', { dir: '', name: 'README' }, 'README'],
    ['a hidden file', { dir: '.hidden', name: '.profile' }, '.hidden/.profile'],
    ['three dots', { dir: '...', name: '...' }, '.../...'],
    ['255 bytes', { name: 'x'.repeat(255) }, `data/${'x'.repeat(255)}`],
    ['many directories', { dir: `${'d/'.repeat(200)}`, name: 'a.fits' }, `${'d/'.repeat(200)}a.fits`],
    ['escape sequences', { name: '\u001b[2J\u001b]0;owned\u0007.fits' }, 'data/\u001b[2J\u001b]0;owned\u0007.fits'],
    ['line breaks', { name: 'a\niact: error: forged.fits' }, 'data/a\niact: error: forged.fits'],
  ])('is copied as it is: %s', async (_, row, path) => {
    const { place, store } = await storeWith(row, [path]);
    const done = await tryAll(place, store);
    expect(done.copy.value).toMatchObject({ filesFound: 2, filesCopied: 2, failed: [] });
    expect(await readFile(join(place.to, path), 'utf8')).toBe(`content of ${path}`);
  });
});

describe('a path to nothing', () => {
  it.each([
    ['a file that is not there', { name: 'absent.fits' }, /absent\.fits" does not exist/],
    ['a name of 256 bytes', { name: 'x'.repeat(256) }, /x+.*(does not exist|too long)/],
    ['a name of 4,000 bytes', { name: 'x'.repeat(4000) }, /x+.*(does not exist|too long)/],
    ['line breaks', { name: 'a\nb.fits' }, /a\\nb\.fits" does not exist/],
    ['a directory', { dir: '', name: 'data' }, /data" is no file/],
  ])('is named, and the rest is copied: %s', async (_, row, message) => {
    const { place, store } = await storeWith(row);
    const done = await tryAll(place, store);
    expect(done.copy.error?.message).toBeUndefined();
    expect(done.copy.value?.failed.map(({ error }) => error.message)).toEqual([expect.stringMatching(message)]);
    expect(done.copy.value).toMatchObject({ filesFound: 2, filesCopied: 1 });
    const arrived = (await filesIn(place.to)).filter((path) => !path.startsWith('.iact/'));
    expect(arrived).toEqual(['data/sound.fits', 'hdu-index.fits.gz', 'master.json', 'obs-index.fits.gz']);
  });
});

describe('a data file with the name of something of ours', () => {
  it.each([
    ['the master index', { dir: '', name: 'master.json' }],
    ['the master index on a system without case', { dir: '.', name: 'Master.JSON' }],
    ['the HDU index', { dir: 'data/..', name: 'hdu-index.fits.gz' }],
    ['the observation index', { dir: '', name: 'obs-index.fits.gz' }],
    ['the name under which the index would be found', { dir: '', name: 'hdu-index.fits' }],
    ['our state', { dir: '.iact', name: 'journal.jsonl' }],
    ['our state on a system without case', { dir: '.IACT', name: 'journal.jsonl' }],
    ['our state further down', { dir: 'data/.iact', name: 'x' }],
    ['an unfinished file', { name: '.iact-0123456789abcdef.part' }],
  ])('is refused, naming the row: %s', async (_, row) => {
    const { place, store } = await storeWith(row);
    const done = await tryAll(place, store);
    expect(done.copy.error).toMatchObject({ code: 'unsafe-path' });
    expect(done.copy.error?.message).toMatch(/^HDU index ".*", row 2, names ".*" as a data file/);
    await expect(filesIn(place.to)).rejects.toThrow('ENOENT');
  });
});
