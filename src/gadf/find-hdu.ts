import { IactError } from '../core/index.ts';
import type { HduHead } from '../fits/index.ts';
import type { HduIndex } from './hdu-index.ts';
import type { ObservationId } from './observation-ids.ts';

/** An HDU of a data file, as an HDU index names it. */
export interface IndexedHdu {
  /** Path of the file relative to the root of the store. */
  readonly path: string;
  /** `HDU_NAME`: the EXTNAME of the HDU, or its number in the file (0 is the primary HDU). Never empty. */
  readonly hduName: string;
  /** `HDU_CLASS`. */
  readonly hduClass: string;
}

/**
 * Finds HDUs of observations by their class.
 *
 * Rows without FILE_NAME or HDU_NAME name no HDU, and are passed over.
 *
 * @see GADF v0.3 hdu-index, HDU_CLASS
 */
export class HduFinder {
  private readonly index: HduIndex;
  private readonly rows: ReadonlyMap<ObservationId, readonly number[]>;

  /**
   * @param observations which observations will be asked for.
   * @param uri names the index in errors.
   * @throws {IactError} `bad-data` if the index has no column HDU_CLASS or HDU_NAME.
   */
  constructor(index: HduIndex, observations: ReadonlySet<ObservationId>, uri: string) {
    for (const name of ['HDU_CLASS', 'HDU_NAME']) {
      if (index.table.column(name) !== undefined) continue;
      throw new IactError('bad-data', `HDU index "${uri}" has no column "${name}": no HDU can be found in it.`, {
        uri,
      });
    }
    this.index = index;
    const rows = new Map<ObservationId, number[]>();
    for (let row = 0; row < index.ids.length; row++) {
      const id = index.ids.at(row);
      if (!observations.has(id)) continue;
      const known = rows.get(id);
      if (known === undefined) rows.set(id, [row]);
      else known.push(row);
    }
    this.rows = rows;
  }

  /**
   * The HDU of the first class of a hierarchy that an observation has; of several of that class, the first one listed.
   * Classes are compared exactly.
   *
   * @returns `undefined` if it has none of them.
   * @throws {IactError} `unsafe-path`, naming the row, for a path that leaves the store.
   */
  find(observation: ObservationId, hierarchy: readonly string[]): IndexedHdu | undefined {
    const rows = this.rows.get(observation) ?? [];
    const classes = rows.map((row) => this.index.text('HDU_CLASS', row));
    for (const hduClass of hierarchy) {
      for (const [position, row] of rows.entries()) {
        const found = classes[position] === hduClass ? this.at(row, hduClass) : undefined;
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  private at(row: number, hduClass: string): IndexedHdu | undefined {
    const hduName = this.index.text('HDU_NAME', row).trim();
    const [path] = this.index.files(Uint32Array.of(row)).paths;
    return path === undefined || hduName === '' ? undefined : { path, hduName, hduClass };
  }
}

/**
 * Whether an HDU is the one that `HDU_NAME` means: its number if that is one, else its EXTNAME in any case
 * (FITS 4.0 §4.4.2.1 leaves the case open; CFITSIO, astropy and gammalib ignore it). An empty one means none.
 */
export function isNamedHdu(hdu: Pick<HduHead, 'index' | 'name'>, hduName: string): boolean {
  return hduKeys(hdu).includes(hduKey(hduName));
}

/** Equal for two values of `HDU_NAME` that mean the same HDU, and among the {@link hduKeys} of the HDU that one means. */
export function hduKey(hduName: string): string {
  return /^\d+$/.test(hduName) ? `number ${Number(hduName)}` : `name ${hduName.toUpperCase()}`;
}

/** What an HDU can be named by. The first one is "PRIMARY", too, whatever its EXTNAME is: astropy and CFITSIO take it so. */
export function hduKeys({ index, name }: Pick<HduHead, 'index' | 'name'>): string[] {
  const names = new Set([name.toUpperCase(), index === 0 ? 'PRIMARY' : '']);
  names.delete('');
  return [`number ${index}`, ...[...names].map((each) => `name ${each}`)];
}
