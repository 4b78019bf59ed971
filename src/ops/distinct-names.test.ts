import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination } from '../storage/index.ts';
import { alikePairs, pathsTakenForOthers, refuseIndistinctNames } from './distinct-names.ts';

/** A directory on a file system that does not see some differences in names. */
class BlindDestination extends LocalDestination {
  private readonly see: (path: string) => string;

  constructor(root: string, see: (path: string) => string) {
    super(root);
    this.see = see;
  }

  override uriOf(path: string): string {
    return super.uriOf(this.see(path));
  }
}

const [composed, decomposed] = ['caf\u00e9.fits', 'cafe\u0301.fits'];

describe('alikePairs()', () => {
  it.each([
    [[], []],
    [['data/a.fits', 'data/b.fits'], []],
    [['data/A.fits', 'data/a.fits'], [['data/A.fits', 'data/a.fits']]],
    [['data/a.fits', 'DATA/a.fits'], [['DATA/a.fits', 'data/a.fits']]],
    [['Data/a.fits', 'data/b.fits'], []],
    [['A', 'B', 'C', 'b'], [['B', 'b']]],
    [['AB', 'Ab'], [['AB', 'Ab']]],
    [[composed, decomposed], [[decomposed, composed]]],
    [['stra\u00dfe', 'STRASSE'], [['stra\u00dfe', 'STRASSE']]],
    [['\u017f.fits', 's.fits'], [['\u017f.fits', 's.fits']]],
  ])('of %j are %j', (paths, pairs) => {
    expect(alikePairs(paths)).toEqual(pairs);
  });
});

describe('pathsTakenForOthers()', () => {
  it.each([
    ['sees no case', (path: string) => path.toLowerCase(), ['A', 'AB', 'aB']],
    ['sees all', (path: string) => path, []],
  ])('finds what is one of the others where the file system %s', async (_, see, expected) => {
    const destination = new BlindDestination(join(await tempDirectory(), 'to'), see);
    const found = await pathsTakenForOthers(['A', 'AB', 'aB', 'ab', 'C', 'c'], ['a', 'ab', 'D', 'd'], destination);
    expect([...found].sort()).toEqual(expected);
  });
});

describe('refuseIndistinctNames()', () => {
  const lower = (path: string): string => path.toLowerCase();
  const compose = (path: string): string => path.normalize('NFC');

  it.each([
    ['case', lower, ['data/A.fits', 'x', 'data/a.fits'], '"data/A.fits" and "data/a.fits"'],
    ['Unicode', compose, [composed, decomposed], `"${decomposed}" and "${composed}"`],
  ])('names two files that a file system without %s would take for one', async (_, see, paths, named) => {
    const root = join(await tempDirectory(), 'to');
    const attempt = refuseIndistinctNames(paths, new BlindDestination(root, see));
    await expect(attempt).rejects.toMatchObject({ code: 'unwritable' });
    await expect(attempt).rejects.toThrow(named);
    expect(await readdir(join(root, '.iact'))).toEqual([]);
  });

  it.each([
    ['sees case, for names that differ in case', compose, ['A', 'a']],
    ['composes no letters, for names that differ in that', lower, [composed, decomposed]],
  ])('takes all names where the file system %s', async (_, see, paths) => {
    await refuseIndistinctNames(paths, new BlindDestination(join(await tempDirectory(), 'to'), see));
  });

  it.each([
    ['data/a.fits', ''],
    ['data/b.fits', ''],
    ['DATA/a.fits', '"data/a.fits" and "DATA/a.fits" are one name there'],
  ])('compares them with %s that is there, and not what is there with each other', async (present, expected) => {
    const see = (path: string): string => compose(lower(path));
    const destination = new BlindDestination(join(await tempDirectory(), 'to'), see);
    const told = await refuseIndistinctNames(['data/a.fits'], destination, [present, 'X', 'x']).catch(String);
    expect(told ?? '').toContain(expected);
    expect(told === undefined).toBe(expected === '');
  });

  it('asks the destination nothing where no names are alike', async () => {
    const root = join(await tempDirectory(), 'to');
    await refuseIndistinctNames(['data/a.fits', 'data/b.fits', 'Data/c.fits'], new BlindDestination(root, lower));
    await expect(readdir(root)).rejects.toThrow('ENOENT');
  });
});
