/**
 * Whether an observation does not move with the sky: then its pointing is one in the horizon. All other modes have one in
 * the sky.
 *
 * @param mode OBS_MODE.
 * @see GADF v0.3 events, obs-index: OBS_MODE
 */
export function isDrift(mode: string | undefined): boolean {
  return mode?.trim().toUpperCase() === 'DRIFT';
}

/** The pointing of an observation in drift mode, and what it has in the other modes. */
export const LOCAL_AND_SKY: readonly (readonly [local: string, inSky: string])[] = [
  ['ALT_PNT', 'RA_PNT'],
  ['AZ_PNT', 'DEC_PNT'],
];
