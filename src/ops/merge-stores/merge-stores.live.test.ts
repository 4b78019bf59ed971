import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, PYTHON, program, pythonModule } from '../../../test/support/require.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { events, index, responses, writeFiles } from '../index-store/testing/data-files.ts';
import { mergeStores } from './merge-stores.ts';

// The moments of each observation as astropy has them, in the stores and in the merged one; sums are checked on the way.
const COMPARE = `
import os, sys, warnings
import numpy as np
from astropy.io import fits
from astropy.time import Time, TimeDelta
# Its own list of leap seconds may be out of date.
warnings.simplefilter('ignore')
warnings.filterwarnings('error', message='.*verification failed.*')
*stores, merged = sys.argv[1:]

def moments(store):
    with fits.open(f'{store}/obs-index.fits.gz', checksum=True) as hdus:
        hdu = hdus[1]
        assert 'CHECKSUM' in hdu.header and 'DATASUM' in hdu.header, 'sums'
        card, found = hdu.header, {}
        scale = card['TIMESYS'].lower()
        zero = Time(card['MJDREFI'], card['MJDREFF'], format='mjd', scale=scale).tai
        for row in hdu.data:
            times = [(zero + TimeDelta(row[name], format='sec', scale='tai')) for name in ('TSTART', 'TSTOP', 'TMID')]
            times.append(Time(f"{row['DATE-OBS']}T{row['TIME-OBS']}", scale=scale).tai)
            found[int(row['OBS_ID'])] = times
        return found

def files(store):
    with fits.open(f'{store}/hdu-index.fits.gz', checksum=True) as hdus:
        base = os.path.join(store, hdus[1].header.get('BASE_DIR', ''))
        return {(int(r['OBS_ID']), r['HDU_CLASS']): os.path.join(base, r['FILE_DIR'], r['FILE_NAME']) for r in hdus[1].data}

wanted, paths = {}, {}
for store in stores:
    wanted.update(moments(store))
    paths.update(files(store))
found = moments(merged)
assert found.keys() == wanted.keys(), found.keys()
for i, times in wanted.items():
    for left, right in zip(times, found[i]):
        off = abs((left - right).to_value('s'))
        assert off < 1e-3, f'{i}: {off} s'
there = files(merged)
assert there.keys() == paths.keys(), there.keys()
for key, path in paths.items():
    assert open(path, 'rb').read() == open(there[key], 'rb').read(), key
`;

describe('the index tables of merged stores', () => {
  const live = itNeeds(program('fitsverify'), pythonModule('astropy'));

  live('have for astropy the moments and files of each store, and are valid for fitsverify', async () => {
    const root = await tempDirectory();
    const [first, second, output] = ['first', 'second', 'out'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    await writeFiles(first, { 'data/a.fits': [events(1)], 'irf.fits': responses() });
    const cards = { MJDREFI: 53005, MJDREFF: 0.25, TIMESYS: 'UTC', TSTART: 86400 * 400, TSTOP: 86400 * 400 + 1200 };
    await writeFiles(second, { 'data/a.fits': [events(2, { cards })], 'irf.fits': responses({ cards: { OTHER: 1 } }) });
    for (const store of [first, second]) await index(store, { withSize: store === first });
    // The second time into a store that counts as its first store does not.
    for (const places of [
      [first, second],
      [second, first],
    ]) {
      for (const isThere of [false, true]) {
        if (!isThere) await rm(output, { recursive: true, force: true });
        const order = isThere ? [...places].reverse() : places;
        await mergeStores({ places: order, output, name: 'all', program: 'test' });
        const { status, stderr } = spawnSync(PYTHON, ['-c', COMPARE, first, second, output], { encoding: 'utf8' });
        expect([status, stderr]).toEqual([0, '']);
        for (const kind of ['hdu', 'obs']) {
          const { stdout } = spawnSync('fitsverify', [join(output, `${kind}-index.fits.gz`)], { encoding: 'utf8' });
          // Of the names of the columns DATE-OBS, TIME-OBS, DATE-END and TIME-END, which GADF wants.
          const warnings = kind === 'obs' ? 4 : 0;
          expect(stdout).toContain(` ${warnings} warning(s) and 0 error(s)`);
        }
      }
    }
  });
});
