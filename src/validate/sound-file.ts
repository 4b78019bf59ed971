import type { FileFacts, HduFacts } from './facts.ts';

/**
 * Whether a file was read to its end, and its checksums were compared and none tells of damaged data, so that an index may
 * follow it.
 */
export function isSound({ complete, hdus }: Pick<FileFacts, 'complete' | 'hdus'>): boolean {
  return complete && !hdus.some((hdu) => isDamaged(hdu) || isUntried(hdu));
}

/** Or may be: a CHECKSUM that is wrong beside a right DATASUM tells of an edited header only. */
function isDamaged({ scan: { datasumOk, checksumOk } }: HduFacts): boolean {
  return datasumOk === false || (checksumOk === false && datasumOk === undefined);
}

/** With `--fast` nobody looks at checksums. */
function isUntried({ header, scan: { dataSum } }: HduFacts): boolean {
  return dataSum === undefined && ['DATASUM', 'CHECKSUM'].some((keyword) => (header.get(keyword) ?? '') !== '');
}
