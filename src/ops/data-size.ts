import { IactError, mapConcurrently } from '../core/index.ts';
import type { HduIndex, IndexedFiles } from '../gadf/index.ts';
import { findFile, type Source } from '../storage/index.ts';

/** How large the data files of a dataset are. */
export interface DataSize {
  /** Each file counted once. */
  readonly sizeBytes: number;
  /** The column SIZE of the HDU index, or the files themselves. */
  readonly from: 'index' | 'files';
  /** Files that are not there, or that the store does not show. Not known from an index. */
  readonly absentFiles: number | undefined;
}

/** A look at a file is a round trip or two; more at once gain nothing on a disk, and much on anything else. */
const LOOKS_AT_ONCE = 32;

/**
 * The size of the data files: from the index where it tells it, else by looking at every file.
 *
 * @throws {IactError} `unreachable`.
 */
export async function dataSizeOf(source: Source, index: HduIndex, files: IndexedFiles): Promise<DataSize> {
  const sizes = sizesInIndex(index, files);
  if (sizes !== undefined) {
    return { sizeBytes: sizes.reduce((sum, size) => sum + size, 0), from: 'index', absentFiles: undefined };
  }
  const looks = await mapConcurrently(files.paths, LOOKS_AT_ONCE, (path) => sizeOf(source, path));
  return {
    sizeBytes: looks.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    from: 'files',
    absentFiles: looks.filter((size) => size === undefined).length,
  };
}

async function sizeOf(source: Source, path: string): Promise<number | undefined> {
  try {
    return (await findFile(source, path))?.info.sizeBytes;
  } catch (error) {
    if (error instanceof IactError && error.code === 'unreadable') return undefined;
    throw error;
  }
}

/**
 * The sizes that an index tells. Some indexes have the size of the file in every row of it, others that of the HDU before
 * it was compressed (H.E.S.S. DL3 DR1): only what is the same in all rows of files with several rows is taken for the
 * former.
 *
 * @see GADF v0.3 hdu-index, SIZE: "File size (bytes)"
 */
function sizesInIndex({ table }: HduIndex, { paths, fileOfRow }: IndexedFiles): number[] | undefined {
  const column = table.column('SIZE');
  const data = column && table.read(column);
  if (data === undefined || data.kind === 'array' || data.width !== 1) return undefined;
  if (data.kind !== 'number' && data.kind !== 'bigint') return undefined;
  const sizes = new Array<number>(paths.length).fill(-1);
  let repeated = false;
  for (const [row, file] of fileOfRow.entries()) {
    if (file < 0) continue;
    const size = data.nulls?.[row] === 1 ? Number.NaN : Number(data.values[row]);
    if (!(size > 0)) return undefined;
    if (sizes[file] !== -1 && sizes[file] !== size) return undefined;
    repeated ||= sizes[file] === size;
    sizes[file] = size;
  }
  return repeated ? sizes : undefined;
}
