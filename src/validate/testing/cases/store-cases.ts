import { FIRST_FILE } from '../edited-store.ts';
import { text } from '../edits.ts';
import type { FaultCase } from './case.ts';

/** Faults of the master index, and of where files are. */
export const STORE_CASES: readonly FaultCase[] = [
  {
    code: 'master-json',
    fault: 'no JSON',
    edit: { master: () => '{ "datasets": [' },
    severity: 'error',
    message: /not valid JSON/,
  },
  {
    code: 'master-entry',
    fault: 'no hduindx',
    edit: { master: ({ datasets: [first] }) => ({ datasets: [{ ...first, hduindx: undefined }] }) },
    severity: 'error',
    message: /"simulated" of the master index has no "hduindx"/,
  },
  {
    code: 'master-entry',
    fault: 'a name twice',
    edit: { master: ({ datasets: [first] }) => ({ datasets: [first, first] }) },
    severity: 'error',
    message: /Two datasets are named "simulated"/,
  },
  {
    code: 'master-entry',
    fault: 'an index outside',
    edit: { master: ({ datasets: [first] }) => ({ datasets: [{ ...first, obsindx: '../obs-index.fits' }] }) },
    severity: 'error',
    message: /outside of the store/,
  },
  {
    code: 'master-entry',
    fault: 'no dataset',
    edit: { master: () => ({ datasets: [] }) },
    severity: 'warning',
    message: /lists no dataset/,
  },
  {
    code: 'master-totals',
    fault: 'another number of observations',
    edit: { master: ({ datasets: [first] }) => ({ datasets: [{ ...first, 'Total observations': 3 }] }) },
    severity: 'warning',
    message: /"Total observations" is 3, but there are 2/,
  },
  {
    code: 'master-totals',
    fault: 'another time',
    edit: { master: ({ datasets: [first] }) => ({ datasets: [{ ...first, 'Total time': '48.6 hours' }] }) },
    severity: 'warning',
    message: /"Total time" is 48.6 hours, but the ONTIME of all observations adds to 0.9 hours/,
  },
  {
    code: 'file-missing',
    fault: 'a data file',
    edit: { bytes: { [FIRST_FILE]: () => undefined } },
    severity: 'error',
    message: /Row 1 of the HDU index \(OBS_ID 100001\) names "data\/simulated_obs_id_100001.fits", which does not/,
  },
  {
    code: 'file-missing',
    fault: 'an index file',
    edit: { bytes: { 'obs-index.fits': () => undefined } },
    severity: 'error',
    message: /The master index names "obs-index.fits", which does not exist/,
  },
  {
    code: 'path-case',
    fault: 'another case of a folder',
    edit: { moved: { [FIRST_FILE]: 'Data/simulated_obs_id_100001.fits' } },
    severity: 'error',
    message: /but the file is called "Data\/simulated_obs_id_100001.fits"/,
  },
  {
    code: 'path-outside',
    fault: 'an absolute path',
    edit: { hdus: { HDU_INDEX: text('FILE_DIR', (row, dir) => (row < 6 ? '/abs' : dir)) } },
    severity: 'warning',
    message: /6 of 12 rows .* a path that is absolute/,
  },
  {
    code: 'path-outside',
    fault: 'a path that leaves',
    edit: { hdus: { HDU_INDEX: text('FILE_DIR', (row, dir) => (row < 6 ? '..' : dir)) } },
    severity: 'error',
    message: /6 of 12 rows .* a path that leaves the store/,
  },
  {
    code: 'hdu-missing',
    fault: 'another HDU_NAME',
    edit: { hdus: { HDU_INDEX: text('HDU_NAME', (row, name) => (row === 2 ? 'AREA' : name)) } },
    severity: 'error',
    message: /There is no HDU "AREA" in this file/,
  },
  {
    code: 'hdu-class',
    fault: 'two rows exchanged',
    edit: { hdus: { HDU_INDEX: text('HDU_CLASS', (row, name) => (row === 4 ? 'psf_king' : name)) } },
    severity: 'error',
    message: /The HDU index calls HDU 5 "psf_king", but its header says PSF_TABLE/,
    also: ['gadf-classes', 'gadf-columns'],
  },
];
