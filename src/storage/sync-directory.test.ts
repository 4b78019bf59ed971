import { open } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { syncDirectory } from './sync-directory.ts';

describe('syncDirectory()', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('passes over file systems that know no sync of a directory, and over no fault of a disk', async () => {
    const directory = await tempDirectory();
    const handle = await open(directory, 'r');
    const sync = vi.spyOn(Object.getPrototypeOf(handle), 'sync');
    await handle.close();
    for (const code of ['EINVAL', 'ENOTSUP', 'EBADF']) {
      sync.mockRejectedValueOnce(Object.assign(new Error(), { code }));
      await syncDirectory(directory);
    }
    sync.mockRejectedValueOnce(Object.assign(new Error(), { code: 'EIO' }));
    await expect(syncDirectory(directory)).rejects.toMatchObject({ code: 'EIO' });
  });
});
