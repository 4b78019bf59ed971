/** Columns of an observation index that count from its reference time. @see GADF v0.3 obs-index */
export const TIME_COLUMNS: readonly string[] = ['TSTART', 'TSTOP', 'TMID', 'EVENT_TIME_MIN', 'EVENT_TIME_MAX'];

/** Columns with dates in the scale of TIMESYS, as pairs of date and time of day, by their older names, too. @see GADF v0.3 obs-index; FITS 4.0 §9.2.1 */
export const DATE_COLUMNS: readonly (readonly [date: string, time: string])[] = [
  ['DATE-OBS', 'TIME-OBS'],
  ['DATE-END', 'TIME-END'],
  ['DATE_OBS', 'TIME_OBS'],
  ['DATE_END', 'TIME_END'],
];

/** Keywords that tell what times count from. @see FITS 4.0 §9.2, §9.3; GADF v0.3 time */
export const TIME_KEYWORDS: readonly string[] = ['MJDREFI', 'MJDREFF', 'MJDREF', 'TIMESYS', 'TIMEUNIT'];
