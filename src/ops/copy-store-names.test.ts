import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copy, filesIn, idsOf, places } from '../../test/support/copy.ts';
import { customStore, type HduRow, type TestStore } from '../../test/support/store.ts';
import { readManifest } from '../transfer/index.ts';
import { openStore } from './open-store.ts';
import { seeNoCase } from './testing/see-no-case.ts';

async function storeOf(directory: string, rows: readonly HduRow[]): Promise<TestStore> {
  await rm(directory, { recursive: true, force: true });
  return customStore(directory, rows);
}

describe('copyStore() to where names are the same in any case', () => {
  it('does not replace a file of another copy, and says so before it writes', async () => {
    const { from, to } = await places();
    await copy(await storeOf(from, [{ id: 1, name: 'Run1.fits' }]), to);
    seeNoCase();
    const before = await filesIn(to);
    const other = await storeOf(from, [{ id: 2, name: 'run1.fits' }]);
    for (const prefer of ['remote', 'local'] as const) {
      await expect(copy(other, to, { prefer })).rejects.toThrow(
        /"data\/run1.fits" and "data\/Run1.fits" are one name there.*"data\/Run1.fits" is there from an earlier copy/,
      );
    }
    expect(await filesIn(to)).toEqual(before);
    expect(await idsOf(to)).toEqual({ hdu: [1], obs: [1] });
  });

  it('copies again what it has brought, and other files beside names that are alike', async () => {
    const { from, to } = await places();
    const rows = [
      { id: 1, name: 'Run1.fits' },
      { id: 2, name: 'run1.fits' },
    ];
    await copy(await storeOf(from, rows), to);
    seeNoCase();
    const { filesCopied } = await copy(await storeOf(from, [{ id: 3, name: 'Run3.fits' }]), to);
    expect(filesCopied).toBe(1);
    await copy(await storeOf(from, [{ id: 3, name: 'Run3.fits' }]), to);
    expect(await idsOf(to)).toEqual({ hdu: [1, 2, 3], obs: [1, 2, 3] });
  });

  it('keeps a file that its source has given another case when the former name is deleted', async () => {
    const { from, to } = await places();
    seeNoCase();
    await copy(await storeOf(from, [{ id: 1, name: 'Run1.fits' }]), to);
    const renamed = await storeOf(from, [{ id: 1, name: 'run1.fits' }]);
    await expect(copy(renamed, to)).rejects.toThrow('use "iact copy --delete"');
    const { removed } = await copy(renamed, to, { prune: {} });
    expect(removed).toEqual([]);
    expect(await readFile(join(to, 'data/run1.fits'), 'utf8')).toBe('content of data/run1.fits');
    const data = [...(await readManifest((await openStore(to)).source)).keys()].filter((path) => path.includes('data'));
    expect(data).toEqual(['data/run1.fits']);
    await copy(renamed, to);
  });

  it('lets a source give a file another case where names differ in it', async () => {
    const { from, to } = await places();
    await copy(await storeOf(from, [{ id: 1, name: 'Run1.fits' }]), to);
    const renamed = await storeOf(from, [{ id: 1, name: 'run1.fits' }]);
    await copy(renamed, to);
    await copy(await storeOf(from, [{ id: 1, name: 'RUN1.fits' }]), to, { prune: {} });
    expect((await filesIn(to)).filter((path) => path.startsWith('data/'))).toEqual([
      'data/RUN1.fits',
      'data/Run1.fits',
    ]);
  });
});
