import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, program, sharedStore } from '../../test/support/require.ts';
import { fitscopy } from '../expr/testing/fitscopy.ts';
import { readObservationIds } from '../gadf/index.ts';
import { findObservations } from './find-observations.ts';
import { readObservationIndex } from './observation-index.ts';
import { chooseDataset, openStore } from './open-store.ts';
import { planSearch } from './plan-search.ts';

/** Filters on columns that all of our stores have, and the ones that only some have: both must agree that it is an error. */
const FILTERS = [
  'RA_PNT > 100',
  'ANGSEP(83.63, 22.01, RA_PNT, DEC_PNT) <= 1.2',
  'OBS_ID % 2 == 0 && TSTOP - TSTART > 1000',
  'OBS_ID = 20000 : 30000',
  'N_TELS == 4 || QUALITY > 0',
  'OBJECT == "Crab Nebula"',
  'strstr(OBJECT, "Crab") > 0 && ZEN_PNT < 46',
  'LIVETIME / ONTIME < 0.94',
  'isnull(RA_OBJ)',
  '$DATE-OBS$ > "2004-05-01"',
  '#ROW % 3 == 1 && !(GLAT_PNT > 0)',
  'MJDREFI == 51910',
];

describe('findObservations()', () => {
  for (const name of ['cta-1dc', 'hess_dl3_dr1', 'minimal', 'unit-test']) {
    const store = sharedStore(name);
    itNeeds(program('fitscopy'), store)(`selects the rows of ${name} that CFITSIO selects`, async () => {
      const opened = await openStore(store.path);
      const index = await readObservationIndex(opened, chooseDataset(opened, undefined));
      const { datasets } = JSON.parse(readFileSync(join(store.path, 'master.json'), 'utf8'));
      let selected = 0;
      for (const where of FILTERS) {
        const table = await fitscopy(store.path, `${datasets[0].obsindx}[1][${where}]`);
        const ids = table && readObservationIds(table, where);
        const expected = ids && Array.from({ length: ids.length }, (_, row) => ids.at(row));
        const found = await findObservations(index, planSearch(index, { where })).catch(() => undefined);
        expect(found?.ids, where).toEqual(expected);
        selected += found?.ids.length ?? 0;
      }
      expect(selected).toBeGreaterThan(0);
    });
  }
});
