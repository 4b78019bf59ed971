import { mapConcurrently } from '../core/index.ts';
import { FITS_NAME, scanFits } from '../fits/index.ts';
import { inflate, type Source, type StoreFile } from '../storage/index.ts';
import type { FileOutcome } from '../transfer/index.ts';

/**
 * Compares CHECKSUM and DATASUM of all HDUs of a file with their content. HDUs without are passed over.
 *
 * @returns what is wrong, in words; empty if nothing is.
 * @throws {IactError} what reading the file throws.
 * @see FITS 4.0 §4.4.2.7
 */
export async function checkFitsSums(source: Source, file: StoreFile, signal?: AbortSignal): Promise<string[]> {
  // Others have no checksums of their own.
  if (!FITS_NAME.test(file.path)) return [];
  const faults: string[] = [];
  const uri = source.uriOf(file.path);
  const { fault } = await scanFits(source.read(file.path, { expected: file.info, signal }), {
    uri,
    inflate,
    select: () => 'pass',
    onHdu: ({ index, name, datasumOk, checksumOk }) => {
      const label = name === '' ? `HDU ${index}` : `HDU "${name}"`;
      if (datasumOk === false) faults.push(`${label} of "${uri}" does not have the DATASUM that its header gives.`);
      else if (checksumOk === false)
        faults.push(`${label} of "${uri}" does not have the CHECKSUM that its header gives.`);
    },
    signal,
  });
  if (fault !== undefined) faults.push(`"${uri}": ${fault.message}.`);
  return faults;
}

const CHECKS_AT_ONCE = 4;

/** What the FITS checksums of the files that were copied say; a file is as its source has it all the same. */
export async function damagedFiles(
  source: Source,
  destination: Source,
  outcomes: readonly FileOutcome[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const copied = outcomes.filter(({ outcome }) => outcome === 'copied');
  const faults = await mapConcurrently(copied, CHECKS_AT_ONCE, async ({ file }) => {
    // What was copied to a server is nearer at its source.
    const place = destination.diskPath?.(file.path) === undefined ? source : destination;
    const info = await place.stat(file.path);
    return info === undefined ? [] : checkFitsSums(place, { path: file.path, info }, signal);
  });
  return faults.flat();
}
