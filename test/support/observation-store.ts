import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BinTable, buildTable, type CardEntry, type ColumnSpec } from '../../src/fits/index.ts';
import { obsIndexTable, writeTables } from './store.ts';

type Role = 'events' | 'aeff' | 'psf' | 'edisp' | 'bkg';

/** An observation whose headers a test decides. What is not said is as in public data of H.E.S.S. */
export interface TestObservation {
  readonly id: number;
  /** Cards of the event list, in place of OBJECT and TELESCOP. */
  readonly events?: readonly CardEntry[];
  /** Cards of the effective area, in place of thresholds and TELESCOP. */
  readonly aeff?: readonly CardEntry[];
  /** HDUs that the index does not list. */
  readonly without?: readonly Role[];
  /** HDU_NAME in place of that of the HDU. */
  readonly hduNames?: Partial<Record<Role, string>>;
  /** FILE_NAME in place of `ID.fits`; nothing is written there. */
  readonly files?: Partial<Record<Role, string>>;
  /** The file is not written. */
  readonly noFile?: boolean;
}

const HDUS: readonly { role: Role; name: string; hduClass: string }[] = [
  { role: 'events', name: 'EVENTS', hduClass: 'events' },
  { role: 'aeff', name: 'AEFF', hduClass: 'aeff_2d' },
  { role: 'psf', name: 'PSF', hduClass: 'psf_table' },
  { role: 'edisp', name: 'EDISP', hduClass: 'edisp_2d' },
  { role: 'bkg', name: 'BKG', hduClass: 'bkg_3d' },
];

/** Writes a store of the dataset `test` with a file `data/ID.fits` for each observation. */
export async function observationStore(
  directory: string,
  observations: readonly TestObservation[],
  /** Columns of the observation index; a row for each of `ids`. */
  index: { readonly ids?: readonly number[]; readonly columns?: readonly ColumnSpec[] } = {},
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const entry = { name: 'test', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };
  await writeFile(join(directory, 'master.json'), JSON.stringify({ datasets: [entry] }));
  await writeTables(join(directory, entry.hduindx), [indexOf(observations)]);
  const ids = index.ids ?? observations.map(({ id }) => id);
  await writeTables(join(directory, entry.obsindx), [obsIndexTable(ids, 'OBS_INDEX', index.columns)]);
  for (const each of observations) {
    if (!each.noFile) await writeTables(join(directory, `data/${each.id}.fits`), tablesOf(each));
  }
}

function indexOf(observations: readonly TestObservation[]): BinTable {
  const rows = observations.flatMap(({ id, without = [], hduNames = {}, files = {} }) =>
    HDUS.filter(({ role }) => !without.includes(role)).map((hdu) => ({
      id,
      ...hdu,
      hduName: hduNames[hdu.role] ?? hdu.name,
      file: files[hdu.role] ?? `${id}.fits`,
    })),
  );
  const texts = (name: string, values: string[]): ColumnSpec => ({ name, form: '32A', values });
  return buildTable({
    name: 'HDU_INDEX',
    columns: [
      { name: 'OBS_ID', form: '1J', values: rows.map(({ id }) => id) },
      texts(
        'HDU_TYPE',
        rows.map(({ role }) => role),
      ),
      texts(
        'HDU_CLASS',
        rows.map(({ hduClass }) => hduClass),
      ),
      texts(
        'FILE_DIR',
        rows.map(() => 'data'),
      ),
      texts(
        'FILE_NAME',
        rows.map(({ file }) => file),
      ),
      texts(
        'HDU_NAME',
        rows.map(({ hduName }) => hduName),
      ),
    ],
  });
}

function tablesOf({ events, aeff }: TestObservation): BinTable[] {
  const cards: Partial<Record<Role, readonly CardEntry[]>> = {
    events: events ?? [
      ['OBJECT', 'Crab Nebula'],
      ['TELESCOP', 'HESS'],
    ],
    aeff: aeff ?? [
      ['TELESCOP', 'HESS'],
      ['LO_THRES', 0.5],
      ['HI_THRES', 100],
    ],
  };
  return HDUS.map(({ role, name }) =>
    buildTable({ name, columns: [{ name: 'X', form: '1J', values: [1] }], cards: cards[role] }),
  );
}
