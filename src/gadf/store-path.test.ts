import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinInStore } from './store-path.ts';

const place = 'row 3 of "hdu-index.fits.gz"';

describe('joinInStore()', () => {
  it('resolves .. inside the store, as the first CTA data challenge has it', () => {
    expect(joinInStore(['index/gps', '../../data/baseline/gps', 'x.fits'], place)).toBe('data/baseline/gps/x.fits');
  });

  it.each([
    [['..', 'x.fits'], 'leaves the store'],
    [['index', '../../x.fits'], 'leaves the store'],
    [['index', '../..', 'index/x.fits'], 'leaves the store'],
    [['/data', 'x.fits'], 'is absolute'],
    [['data', '/etc/passwd'], 'is absolute'],
    [['data', 'x\0.fits'], 'NUL'],
  ])('refuses %j and names the place', (parts, reason) => {
    expect(() => joinInStore(parts, place)).toThrow(new RegExp(`^${place}: .*${reason}`));
  });

  it('gives the path that POSIX gives, or refuses', () => {
    const part = fc.string({ unit: fc.constantFrom('.', '..', '/', 'a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const root = '/deep/root';
        const wanted = posix.resolve(root, ...parts);
        let found: string;
        try {
          found = joinInStore(parts, place);
        } catch {
          return;
        }
        expect(posix.join(root, found).replace(/\/$/, '')).toBe(wanted);
        expect(`${wanted}/`.startsWith(`${root}/`)).toBe(true);
      }),
    );
  });
});
