import { fileNameOf } from '../core/index.ts';
import { FITS_NAME } from '../fits/index.ts';

/** Parts of words that tell the kind of a file and not which one it is; `EventList` and `PSFMap` are made of them. */
const KIND_WORDS =
  /^(?:irfs?|responses?|events?|evt|gti|pointing|aeff|effective|area|edisp|kernel|psf|bkg|background|maps?|rad|max|table|king|3gauss|2d|3d|full|point|like|enclosure|dl3|list)+$/;

/** The words of a file name that say which observation, and which selection of it, it is for. */
export function stemWords(path: string): readonly string[] {
  const words = fileNameOf(path)
    .replace(FITS_NAME, '')
    .split(/[^a-z0-9]+/i);
  return words.filter((word) => word !== '' && !KIND_WORDS.test(word.toLowerCase()));
}

/** These words as one, in lower case; the folder does not matter. */
export function stemOf(path: string): string {
  return stemWords(path).join('-').toLowerCase();
}
