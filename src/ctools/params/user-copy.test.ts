import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PfilesPlace, readUserCopy, saveUserCopy } from './user-copy.ts';

let root: string;
const at = (...parts: string[]): string => join(root, ...parts);
const place = (pfiles?: string): PfilesPlace => ({
  env: pfiles === undefined ? {} : { PFILES: pfiles },
  homeDir: at('home'),
  cwd: at('work'),
});
const read = (path: string): string => readFileSync(path, 'utf8');
const makePipe = (path: string): void => void execFileSync('mkfifo', [path]);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'iact-pfiles-'));
  for (const name of ['home', 'work', 'a', 'b']) mkdirSync(at(name));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('readUserCopy()', () => {
  it('readUserCopy() takes the first copy in PFILES, whatever the separators', async () => {
    writeFileSync(at('b', 'p.par'), 'in b');
    for (const separator of [':', ';', ';:']) {
      const pfiles = [at('missing'), at('a'), at('b')].join(separator);
      expect(await readUserCopy('p.par', place(pfiles))).toEqual({ path: at('b', 'p.par'), text: 'in b' });
    }
  });

  it('readUserCopy() takes relative directories of PFILES from the working directory', async () => {
    writeFileSync(at('work', 'p.par'), 'here');
    expect((await readUserCopy('p.par', place('.')))?.text).toBe('here');
  });

  it.each([
    ['a directory', mkdirSync],
    ['a pipe, where it would wait for ever', makePipe],
  ])('readUserCopy() passes over %s', async (_what, make) => {
    make(at('a', 'p.par'));
    writeFileSync(at('b', 'p.par'), 'in b');
    expect((await readUserCopy('p.par', place(`${at('a')}:${at('b')}`)))?.text).toBe('in b');
  });

  it('readUserCopy() looks at home only when copies would be saved there', async () => {
    mkdirSync(at('home', 'pfiles'));
    writeFileSync(at('home', 'pfiles', 'p.par'), 'at home');
    expect((await readUserCopy('p.par', place()))?.text).toBe('at home');
    expect((await readUserCopy('p.par', place('')))?.text).toBe('at home');
    expect((await readUserCopy('p.par', place(at('missing'))))?.text).toBe('at home');
    expect(await readUserCopy('p.par', place(at('a')))).toBeUndefined();
  });
});

describe('saveUserCopy()', () => {
  it('saveUserCopy() writes into the first writable directory of PFILES, and leaves nothing else there', async () => {
    await saveUserCopy('p.par', 'new', place(`${at('missing')};${at('a')};${at('b')}`));
    expect(read(at('a', 'p.par'))).toBe('new');
    expect(readdirSync(at('a'))).toEqual(['p.par']);
    expect(readdirSync(at('b'))).toEqual([]);
  });

  it('saveUserCopy() makes the directory at home', async () => {
    await saveUserCopy('p.par', 'new', place());
    expect(read(at('home', 'pfiles', 'p.par'))).toBe('new');
    expect(statSync(at('home', 'pfiles')).mode & 0o700).toBe(0o700);
  });

  it('saveUserCopy() keeps the permissions of the file', async () => {
    writeFileSync(at('a', 'p.par'), 'old');
    chmodSync(at('a', 'p.par'), 0o640);
    await saveUserCopy('p.par', 'new', place(at('a')));
    expect(read(at('a', 'p.par'))).toBe('new');
    expect(statSync(at('a', 'p.par')).mode & 0o777).toBe(0o640);
  });

  it.each(['there', 'not there yet'])('saveUserCopy() follows a symbolic link to a file that is %s', async (state) => {
    if (state === 'there') writeFileSync(at('b', 'real.par'), 'old');
    symlinkSync('../b/real.par', at('a', 'p.par'));
    await saveUserCopy('p.par', 'new', place(at('a')));
    expect(lstatSync(at('a', 'p.par')).isSymbolicLink()).toBe(true);
    expect(read(at('b', 'real.par'))).toBe('new');
    expect(readdirSync(at('b'))).toEqual(['real.par']);
  });

  it('saveUserCopy() does not touch a copy that has the text already', async () => {
    writeFileSync(at('a', 'p.par'), 'same');
    const before = statSync(at('a', 'p.par')).ino;
    await saveUserCopy('p.par', 'same', place(at('a')));
    expect(statSync(at('a', 'p.par')).ino).toBe(before);
  });

  it('saveUserCopy() keeps each broken copy that it replaces', async () => {
    const path = at('a', 'p.par');
    for (const text of ['broken 1', 'broken 2', 'broken 3']) {
      writeFileSync(path, text);
      await saveUserCopy('p.par', 'good', place(at('a')), { path, text });
    }
    expect(readdirSync(at('a')).sort()).toEqual(['p.par', 'p.par.bad', 'p.par.bad2', 'p.par.bad3']);
    expect([read(path), read(`${path}.bad`), read(`${path}.bad3`)]).toEqual(['good', 'broken 1', 'broken 3']);
  });

  it('saveUserCopy() leaves a broken copy alone that is not in its way', async () => {
    const broken = { path: at('b', 'p.par'), text: 'broken' };
    writeFileSync(broken.path, broken.text);
    await saveUserCopy('p.par', 'good', place(`${at('a')}:${at('b')}`), broken);
    expect(readdirSync(at('b'))).toEqual(['p.par']);
  });

  it('saveUserCopy() says what could not be written and why, and leaves no part behind', async () => {
    mkdirSync(at('a', 'p.par'));
    const saving = saveUserCopy('p.par', 'new', place(at('a')));
    await expect(saving).rejects.toMatchObject({
      code: 'unwritable',
      message: expect.stringMatching(/^Cannot save the parameter file ".*p\.par" \(.*directory.*\)\.$/),
    });
    expect(readdirSync(at('a'))).toEqual(['p.par']);
  });

  it('saveUserCopy() does not take the place of a pipe or a device, as a link to /dev/null leads to one', async () => {
    makePipe(at('b', 'device'));
    symlinkSync('../b/device', at('a', 'p.par'));
    await expect(saveUserCopy('p.par', 'new', place(at('a')))).rejects.toMatchObject({
      code: 'unwritable',
      message: expect.stringMatching(/^Cannot save the parameter file ".*p\.par" \(it is no regular file\)\.$/),
    });
    expect(statSync(at('b', 'device')).isFIFO()).toBe(true);
    expect(readdirSync(at('b'))).toEqual(['device']);
  });
});
