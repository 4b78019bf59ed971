import { describe, expect, it } from 'vitest';
import { isArchiveName } from './archive-name.ts';

describe('isArchiveName()', () => {
  it('knows the names of archives', () => {
    for (const name of ['a.tar', 'b/c.tar.gz', 'D.TGZ']) expect(isArchiveName(name), name).toBe(true);
    for (const name of ['a.fits.gz', 'tar', 'a.tar.bz2', 'a.tgz/b']) expect(isArchiveName(name), name).toBe(false);
  });
});
