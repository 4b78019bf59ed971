/** What the names of FITS files end with, compressed by gzip or not. */
export const FITS_NAME: RegExp = /\.(?:fits|fit|fts)(?:\.gz)?$/i;
