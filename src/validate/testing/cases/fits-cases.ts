import { buildTable } from '../../../fits/index.ts';
import { FIRST_FILE } from '../edited-store.ts';
import { all, card, column, text, withoutCard } from '../edits.ts';
import type { FaultCase } from './case.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Writes over the bytes at the first place of a text, from some byte on. */
function overwrite(find: string, write: string, after = ''): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    const whole = latin1(bytes);
    const at = whole.indexOf(find, after === '' ? 0 : whole.indexOf(after));
    const copy = bytes.slice();
    copy.set(Buffer.from(write, 'latin1'), at);
    return copy;
  };
}

/** The bytes up to the data of the GTI table, behind its header. */
function withoutData(bytes: Uint8Array): Uint8Array {
  const whole = latin1(bytes);
  const end = whole.indexOf(`${'END'.padEnd(80)}`, whole.indexOf("EXTNAME = 'GTI"));
  return bytes.slice(0, Math.ceil((end + 80) / 2880) * 2880);
}

/** Faults of the FITS files themselves. */
export const FITS_CASES: readonly FaultCase[] = [
  {
    code: 'fits-unreadable',
    fault: 'no FITS',
    edit: { bytes: { [FIRST_FILE]: () => new TextEncoder().encode('<html>404</html>') } },
    severity: 'error',
    message: /cannot be read: it begins with "<html>404"/,
  },
  {
    code: 'fits-unreadable',
    fault: 'the end is missing',
    edit: { bytes: { [FIRST_FILE]: (bytes) => bytes.slice(0, 100_000) } },
    severity: 'error',
    message: /HDU 5 \("PSF"\) is truncated: the file ends after \d+ of \d+ bytes/,
  },
  {
    code: 'fits-unreadable',
    fault: 'a header without END',
    edit: { bytes: { [FIRST_FILE]: (bytes) => overwrite('END     ', 'NOTE    ', "'GTI")(withoutData(bytes)) } },
    severity: 'error',
    message: /before its END/,
  },
  {
    code: 'fits-unreadable',
    fault: 'damaged compression',
    edit: { bytes: { [FIRST_FILE]: () => new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]) } },
    severity: 'error',
    message: /cannot be decompressed/,
  },
  {
    code: 'fits-mandatory-cards',
    fault: 'PCOUNT out of its place',
    edit: { hdus: { GTI: all(withoutCard('PCOUNT'), card('PCOUNT', 0)) } },
    severity: 'error',
    message: /PCOUNT is out of its place: it must be card 6/,
  },
  {
    code: 'fits-mandatory-cards',
    fault: 'GCOUNT without a value',
    edit: { hdus: { GTI: card('GCOUNT', undefined) } },
    severity: 'error',
    message: /^GCOUNT has no value, needed 1\.$/,
  },
  {
    code: 'fits-mandatory-cards',
    fault: 'not in fixed format',
    edit: { bytes: { [FIRST_FILE]: overwrite('BITPIX  =                    8', 'BITPIX  = 8                   ') } },
    severity: 'error',
    message: /BITPIX is not in fixed format/,
    also: ['fits-checksum'],
  },
  {
    code: 'fits-cards',
    fault: 'a character outside ASCII',
    edit: { bytes: { [FIRST_FILE]: overwrite('iactools simulate', 'iact\u00f6ols simulate', "'GTI") } },
    severity: 'warning',
    message: /CREATOR: there are characters that are not printable ASCII/,
    also: ['fits-checksum'],
  },
  {
    code: 'fits-cards',
    fault: 'a value that is none',
    edit: { bytes: { [FIRST_FILE]: overwrite('EQUINOX =                 2000', 'EQUINOX =                J2000') } },
    severity: 'warning',
    message: /EQUINOX: "J2000" is not a FITS value/,
    also: ['fits-checksum', 'gadf-keywords'],
  },
  {
    code: 'fits-duplicate-card',
    fault: 'two values',
    edit: { bytes: { [FIRST_FILE]: overwrite('TASSIGN = ', 'N_TELS  = ') } },
    severity: 'warning',
    message: /N_TELS stands in the header more than once, with other values/,
    also: ['fits-checksum'],
  },
  {
    code: 'fits-columns',
    fault: 'a width that does not fit',
    edit: { bytes: { [FIRST_FILE]: overwrite("TFORM1  = '1D", "TFORM1  = '2D", "'START") } },
    severity: 'error',
    message: /The columns fill 24 bytes of a row, but NAXIS1 is 16/,
    also: ['fits-checksum', 'fits-unreadable'],
  },
  {
    code: 'fits-columns',
    fault: 'TFORM without a value',
    edit: { hdus: { GTI: card('TFORM1', undefined) } },
    severity: 'error',
    message: /^TFORM1 of column "START" has no value\.$/,
    also: ['fits-unreadable'],
  },
  {
    code: 'fits-columns',
    fault: 'TNULL of floating-point numbers',
    edit: { hdus: { GTI: card('TNULL1', 0) } },
    severity: 'error',
    message: /TNULL1 of column "START" stands for a column of type D/,
  },
  {
    code: 'fits-columns',
    fault: 'two columns of a name',
    edit: { hdus: { OBS_INDEX: column('BKG_SCALE', 'TTYPE', 'DEADC') } },
    severity: 'warning',
    message: /both named "DEADC"/,
  },
  {
    code: 'fits-cells',
    fault: 'text outside ASCII',
    edit: { hdus: { OBS_INDEX: text('TELLIST', (_, list) => list.replace(',', '\t')) } },
    severity: 'warning',
    message: /2 of 2 rows .* of column "TELLIST" hold text that is not printable ASCII/,
    also: ['index-values'],
  },
  {
    code: 'fits-fill',
    fault: 'data behind the data',
    edit: { bytes: { [FIRST_FILE]: (bytes) => bytes.map((byte, i) => (i === bytes.length - 1 ? 7 : byte)) } },
    severity: 'warning',
    message: /1 bytes that fill the last block of the data are wrong/,
    also: ['fits-checksum'],
  },
  {
    code: 'fits-fill',
    fault: 'an end within a block',
    edit: { bytes: { [FIRST_FILE]: (bytes) => bytes.slice(0, bytes.length - 10) } },
    severity: 'warning',
    message: /The file ends 10 bytes before the last block of the data does/,
  },
  {
    code: 'fits-trailing-bytes',
    fault: 'a block of zeros',
    edit: { bytes: { [FIRST_FILE]: (bytes) => new Uint8Array(Buffer.concat([bytes, new Uint8Array(2880)])) } },
    severity: 'warning',
    message: /2880 bytes follow the last HDU/,
  },
  {
    code: 'fits-duplicate-hdu',
    fault: 'two HDUs of a name',
    edit: { added: [buildTable({ name: 'BKG', columns: [{ name: 'A', form: '1J', values: [1] }] })] },
    severity: 'warning',
    message: /HDU 6 and HDU 7 are both named "BKG"/,
    also: ['gadf-columns', 'gadf-keywords'],
  },
  {
    code: 'fits-checksum',
    fault: 'a bit of the data',
    edit: { bytes: { [FIRST_FILE]: (bytes) => bytes.map((byte, i) => (i === bytes.length - 4000 ? byte ^ 1 : byte)) } },
    severity: 'error',
    message: /do not have the DATASUM that its header gives/,
  },
  {
    code: 'fits-checksum',
    fault: 'a header that was edited',
    edit: { keepChecksums: true, hdus: { BKG: card('ORIGIN', 'elsewhere') } },
    severity: 'warning',
    message: /CHECKSUM does not fit this HDU: its header was changed/,
  },
];
