import { spawnSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { askPython } from '../../../test/support/python.ts';
import { itNeeds, program, pythonModule, sharedStore } from '../../../test/support/require.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { FIRST_FILE, type StoreEdit, writeEditedStore } from '../../validate/testing/edited-store.ts';
import { all, card, cells, withoutCard } from '../../validate/testing/edits.ts';

import { changesOf, fix, plan } from './testing/fix.ts';

const FAULTY: StoreEdit = {
  keepChecksums: true,
  hdus: {
    EVENTS: all(card('TELAPSE', 0), withoutCard('EXTNAME')),
    GTI: withoutCard('HDUCLASS', 'HDUCLAS1'),
    AEFF: withoutCard('HDUCLAS4'),
    HDU_INDEX: card('BASE_DIR', '/fefs/dl3'),
    OBS_INDEX: cells('EVENT_COUNT', (count) => count),
  },
};

/** The data of every HDU of a file as hexadecimal digits of its SHA-1, and what astropy warns of. */
const DIGESTS = `
import hashlib, json, sys, warnings
from astropy.io import fits
def look(path, check):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter('always')
        with fits.open(path, checksum=check) as hdus:
            data = [hashlib.sha1(b'' if hdu._data_size == 0 else hdu._get_raw_data(hdu._data_size, 'u1', hdu._data_offset).tobytes()).hexdigest() for hdu in hdus]
            names = [hdu.name for hdu in hdus]
    return {'data': data, 'names': names, 'warnings': [str(each.message) for each in told if 'nit' not in str(each.message)]}
`;

interface Look {
  readonly data: string[];
  readonly names: string[];
  readonly warnings: string[];
}

function look(paths: readonly string[], check = true): Look[] {
  const script = `${DIGESTS}\npaths, check = json.load(sys.stdin)\nprint(json.dumps([look(each, check) for each in paths]))`;
  return askPython(script, [paths, check]) as Look[];
}

describe('a repaired store', () => {
  itNeeds(pythonModule('astropy'), program('fitsverify'))(
    'has the same events to astropy, right checksums, and files that fitsverify accepts',
    async () => {
      const store = await writeEditedStore(join(await tempDirectory(), 'store'), FAULTY);
      const path = join(store, FIRST_FILE);
      const [before] = look([path], false);
      await fix(store);
      const [after] = look([path]);
      expect(after).toEqual({ data: before?.data, names: expect.arrayContaining(['EVENTS']), warnings: [] });
      for (const file of [FIRST_FILE, 'hdu-index.fits', 'obs-index.fits']) {
        const { stdout } = spawnSync('fitsverify', ['-q', join(store, file)], { encoding: 'utf8' });
        expect(stdout).toContain('verification OK');
      }
    },
  );

  itNeeds(pythonModule('gammapy'))('opens in gammapy, with the events that it had', async () => {
    const store = await writeEditedStore(join(await tempDirectory(), 'store'), { ...FAULTY, keepChecksums: false });
    await fix(store);
    const read = `
import json, sys
from gammapy.data import DataStore
store = DataStore.from_dir(json.load(sys.stdin), 'hdu-index.fits', 'obs-index.fits')
found = [store.obs(int(each)) for each in store.obs_table['OBS_ID']]
print(json.dumps([[len(each.events.table), each.events.table.meta['TELAPSE'], each.gti.time_sum.to_value('s')] for each in found]))
`;
    const found = askPython(read, store);
    const good = await writeEditedStore(join(await tempDirectory(), 'good'));
    expect(found).toEqual(askPython(read, good));
  });

  for (const name of ['cta-1dc', 'hess_dl3_dr1', 'minimal', 'unit-test']) {
    const shared = sharedStore(name);
    itNeeds(shared, pythonModule('astropy'))(
      `of real data keeps all data but index cells: ${name}`,
      async () => {
        const store = join(await tempDirectory(), name);
        await cp(shared.path, store, { recursive: true, dereference: true });
        spawnSync('chmod', ['-R', 'u+w', store]);
        const { files } = await fix(store);
        expect(files.length).toBeGreaterThan(0);
        expect(changesOf(await plan(store))).toEqual([]);
        const repaired = files.filter(({ path }) => path !== 'master.json');
        const before = look(
          repaired.map(({ path }) => join(shared.path, path)),
          false,
        );
        const after = look(repaired.map(({ path }) => join(store, path)));
        for (const [position, { path, changes }] of repaired.entries()) {
          const edited = new Set(changes.flatMap(({ kind, hdu }) => (kind === 'cell' ? [hdu?.index] : [])));
          const others = (found?: Look) => found?.data.filter((_, index) => !edited.has(index));
          expect([path, others(after[position]), after[position]?.warnings]).toEqual([
            path,
            others(before[position]),
            [],
          ]);
          expect([path, edited.size === 0 || /hdu-index|obs-index/.test(path)]).toEqual([path, true]);
        }
      },
      120_000,
    );
  }
});
