import { directoryOf, fileNameOf } from '../core/index.ts';
import { FITS_NAME } from '../fits/index.ts';
import { distinctPart, type IndexPair } from './find-indexes.ts';

/**
 * Names for the datasets of a store that gives them none: one has the name of the store's folder, several have those of
 * the folders, or the parts of their file names, that tell them apart.
 */
export function proposeNames(pairs: readonly IndexPair[], folder: string): string[] {
  const root = folder || 'store';
  if (pairs.length === 1) return [root];
  const parts = pairs.map(({ hdu }) => [...directoryOf(hdu).split('/'), ownWords(hdu)].filter((part) => part !== ''));
  const common = parts.reduce((shared, own) => shared.filter((part) => own.includes(part)), parts[0] ?? []);
  return parts.map((own) => own.filter((part) => !common.includes(part)).join('-') || root);
}

/** `hdu-index-table-GP-Crab.fits.gz` is `GP-Crab`. */
function ownWords(path: string): string {
  const words = fileNameOf(path)
    .replace(FITS_NAME, '')
    .split(/[-_. ]+/);
  return words
    .map(distinctPart)
    .filter((word) => !/^(?:table)?$/i.test(word))
    .join('-');
}
