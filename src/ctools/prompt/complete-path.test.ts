import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandPath } from '../params/index.ts';
import { pathCompleter } from './complete-path.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'iact-complete-'));
  for (const name of ['work', 'work/data', 'work/data/deep', 'home', 'home/store']) mkdirSync(join(root, name));
  for (const name of ['work/data.fits', 'work/dark', 'work/.hidden', 'work/data/my file.fits']) {
    writeFileSync(join(root, name), '');
  }
  symlinkSync('data', join(root, 'work', 'link'));
  symlinkSync('nothing', join(root, 'work', 'loose'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('pathCompleter()', () => {
  it.each<[string, string[], string]>([
    ['da', ['dark', 'data.fits', 'data/'], 'da'],
    ['', ['dark', 'data.fits', 'data/', 'link/', 'loose'], ''],
    ['.', ['.hidden'], '.'],
    ['data/', ['deep/', 'my file.fits'], ''],
    ['data/my f', ['my file.fits'], 'my f'],
    ['link/d', ['deep/'], 'd'],
    ['./data/../li', ['link/'], 'li'],
    ['~/s', ['store/'], 's'],
    ['$STORES/sto', ['store/'], 'sto'],
    ['~', ['~/'], '~'],
    ['$STORES', ['$STORES/'], '$STORES'],
    ['$NOPE', [], '$NOPE'],
    ['none', [], 'none'],
    ['nowhere/x', [], 'x'],
  ])('pathCompleter() completes [%s]', (text, endings, replaced) => {
    const home = join(root, 'home');
    const expansion = { env: { STORES: home, HOME: home }, homeDir: home, homeOf: () => undefined };
    const complete = pathCompleter(join(root, 'work'), (path) => expandPath(path, expansion));
    expect(complete(text)).toEqual([endings, replaced]);
  });

  it('pathCompleter() completes an absolute path', () => {
    const complete = pathCompleter('/', (path) => path);
    expect(complete(join(root, 'work', 'dat'))).toEqual([['data.fits', 'data/'], 'dat']);
  });
});
