import { cp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { askPython } from '../../../test/support/python.ts';
import { itNeeds, pythonModule, sharedStore } from '../../../test/support/require.ts';
import { readRows, simulatedStore } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { index } from './testing/data-files.ts';

type Rows = Record<string, unknown>[];

interface Published {
  /** Folder of the index. */
  readonly folder: string;
  /** Columns that headers do not tell, or that the index has otherwise; each with the reason. */
  readonly other: Readonly<Record<string, string>>;
  /** Differences allowed for numbers, relative to 1 or the value; where nothing is said, single precision. */
  readonly tolerance?: Readonly<Record<string, number>>;
  /** Observations whose file is another one than that which was indexed, with the columns that show it. */
  readonly changed?: Readonly<Record<number, readonly string[]>>;
}

const STORES: Readonly<Record<string, Published>> = {
  hess_dl3_dr1: {
    folder: '',
    other: {
      SIZE: 'sizes of HDUs, before columns of the event lists were dropped; GADF: of files',
      QUALITY: 'judged by people',
      TARGET_NAME: 'from a list of targets',
      TARGET_TAG: 'from a list of targets',
      TARGET_OFFSET: 'from a list of targets',
    },
    tolerance: { OFFSET_OBJ: 3e-5 },
  },
  minimal: { folder: '', other: {} },
  'cta-1dc': {
    folder: 'index/gps',
    other: { EVENTS_FILENAME: 'a path on the disk of its maker' },
    // From FK5, and we take them to be ICRS.
    tolerance: { GLON_PNT: 1e-5, GLAT_PNT: 1e-5 },
    changed: { 111630: ['TSTOP', 'DEADC', 'CALDB', 'IRF'] },
  },
};

/** A copy of a published store, and the rows of its indexes. */
async function published(path: string, folder: string): Promise<{ directory: string; hdus: Rows; observations: Rows }> {
  const directory = join(await tempDirectory(), basename(path));
  await cp(path, directory, { recursive: true });
  return { directory, ...(await readIndexes(directory, folder)) };
}

async function readIndexes(directory: string, folder: string): Promise<{ hdus: Rows; observations: Rows }> {
  return {
    hdus: await readRows(join(directory, folder, 'hdu-index.fits.gz')),
    observations: await readRows(join(directory, folder, 'obs-index.fits.gz')),
  };
}

function byKey(rows: Rows, columns: readonly string[]): Map<string, Record<string, unknown>> {
  return new Map(rows.map((row) => [columns.map((column) => row[column]).join(' '), row]));
}

/** What differs, as `key column: published, ours`. */
function differences(
  theirs: Rows,
  ours: Rows,
  key: readonly string[],
  { other, tolerance, changed }: Published,
): string[] {
  const found: string[] = [];
  const made = byKey(ours, key);
  for (const [id, row] of byKey(theirs, key)) {
    for (const [column, value] of Object.entries(row)) {
      const isChanged = changed?.[Number(row['OBS_ID'])]?.includes(column);
      if (column in other || isChanged) continue;
      const own = made.get(id)?.[column];
      if (!isSame(value, own, tolerance?.[column])) found.push(`${id} ${column}: ${value}, ${own}`);
    }
  }
  return found;
}

/** Texts in any case: CFITSIO, astropy and gammalib find an HDU so. Times are doubles, and are compared as such. */
function isSame(theirs: unknown, ours: unknown, tolerance: number | undefined): boolean {
  if (typeof theirs !== 'number') return String(theirs).toUpperCase() === String(ours).toUpperCase();
  if (typeof ours !== 'number') return false;
  const isSingle = Math.fround(theirs) === theirs && theirs !== Math.round(theirs);
  const allowed = tolerance ?? (isSingle ? 2e-7 * Math.max(1, Math.abs(theirs)) : 1e-8 * Math.min(1, Math.abs(theirs)));
  return Math.abs(theirs - ours) <= allowed;
}

describe('indexStore() on published stores', () => {
  for (const [name, expected] of Object.entries(STORES)) {
    const shared = sharedStore(name);
    itNeeds(shared)(`finds all that headers tell of what the index of ${name} says`, async () => {
      const { directory, hdus, observations } = await published(shared.path, expected.folder);
      const result = await index(directory, { existing: 'replace' });
      const made = await readIndexes(directory, expected.folder);
      expect(made.hdus).toHaveLength(hdus.length);
      expect(made.observations).toHaveLength(observations.length);
      expect(differences(hdus, made.hdus, ['OBS_ID', 'HDU_TYPE', 'HDU_CLASS'], expected)).toEqual([]);
      expect(differences(observations, made.observations, ['OBS_ID'], expected)).toEqual([]);
      expect(result.problems).toEqual([]);
    });
  }

  const hess = sharedStore('hess_dl3_dr1');
  itNeeds(hess)('keeps the columns of people in an update, and counts events as the headers do', async () => {
    const { directory, observations } = await published(hess.path, '');
    const { datasets } = await index(directory, { existing: 'update' });
    const made = await readRows(join(directory, 'obs-index.fits.gz'));
    for (const column of ['QUALITY', 'TARGET_NAME', 'TARGET_TAG', 'TARGET_OFFSET']) {
      expect(
        made.map((row) => row[column]),
        column,
      ).toEqual(observations.map((row) => row[column]));
    }
    const master = JSON.parse(await readFile(join(directory, 'master.json'), 'utf8'));
    expect(master.datasets[0]).toMatchObject({ name: 'hess_dl3_dr1', 'Total observations': 105 });
    expect(datasets[0]?.events).toBe(observations.reduce((sum, row) => sum + Number(row['EVENT_COUNT']), 0));
  });
});

/** Errors that gammapy finds in the index tables and between them; those in the data are none of ours. */
const CHECK = `
import json, logging, sys
logging.disable(logging.CRITICAL)
from gammapy.data import DataStore
answer = []
for path in json.load(sys.stdin):
    store = DataStore.from_dir(path)
    records = list(store.check(["obs_table", "hdu_table", "consistency"]))
    observations = store.get_observations()
    answer.append({
        "errors": [record["msg"] for record in records if record["level"] == "error"],
        "observations": len(observations),
        "events": sum(len(each.events.table) for each in observations),
        "responses": [type(getattr(observations[0], name)).__name__ for name in ("aeff", "edisp", "psf", "bkg")],
    })
print(json.dumps(answer))
`;

/** All that gammapy checks, in the data, too. */
const CHECK_ALL = `
import json, logging, sys
logging.disable(logging.CRITICAL)
from gammapy.data import DataStore
records = [record for path in json.load(sys.stdin) for record in DataStore.from_dir(path).check()]
print(json.dumps([record["msg"] for record in records if record["level"] == "error"]))
`;

describe('gammapy', () => {
  const stores = ['hess_dl3_dr1', 'cta-1dc', 'minimal', 'unit-test'].map(sharedStore);
  itNeeds(pythonModule('gammapy'), ...stores)(
    'opens stores that were indexed from their files, and finds no error in the index',
    async () => {
      const directories: string[] = [];
      for (const { path } of stores) {
        const directory = join(await tempDirectory(), basename(path));
        await cp(path, directory, {
          recursive: true,
          filter: (from) => !/(?:index\.fits\.gz|master\.json)$/.test(from),
        });
        const { problems } = await index(directory);
        expect(problems).toEqual([]);
        directories.push(directory);
      }
      const common = { errors: [] };
      const gauss = ['EffectiveAreaTable2D', 'EnergyDispersion2D', 'EnergyDependentMultiGaussPSF', 'Background3D'];
      const table = ['EffectiveAreaTable2D', 'EnergyDispersion2D', 'PSF3D', 'Background3D'];
      expect(askPython(CHECK, directories)).toEqual([
        { ...common, observations: 105, events: 1046156, responses: table },
        { ...common, observations: 4, events: 419774, responses: gauss },
        { ...common, observations: 2, events: 15194, responses: table },
        { ...common, observations: 9, events: 533, responses: gauss },
      ]);
    },
    120_000,
  );

  itNeeds(pythonModule('gammapy'))(
    'finds no error at all in a simulated store whose index was made from its files',
    async () => {
      const directory = await tempDirectory();
      await simulatedStore(directory, { observations: 3, sharedIrfs: true, eventsPerObservation: 200 });
      await index(directory, { existing: 'replace' });
      expect(askPython(CHECK_ALL, [directory])).toEqual([]);
    },
    120_000,
  );
});
