import type { HduFacts } from './facts.ts';

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

/**
 * Whether the pointing in the horizon is asked for. Before v0.3, which brought this, an instrument that does not move could
 * give none but that in the sky; what tells no version is taken to be of that time.
 */
export function asksForLocalPointing({ version }: Pick<HduFacts, 'version'>): boolean {
  return version === '0.3';
}

/** The pointing of an observation in drift mode, and what it has in the other modes. */
export const LOCAL_AND_SKY: readonly (readonly [local: string, inSky: string])[] = [
  ['ALT_PNT', 'RA_PNT'],
  ['AZ_PNT', 'DEC_PNT'],
];
