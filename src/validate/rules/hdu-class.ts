import { COMPRESSED_IN_TILES, isCompressedTable } from '../../fits/index.ts';
import { formatOfHeader } from '../formats/index.ts';
import { headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const hduClass: Rule = {
  code: 'hdu-class',
  severity: 'error',
  title: 'An HDU is of another kind than the HDU index says.',
  detail:
    'HDU_CLASS against HDUCLAS1 and HDUCLAS4, where the header has them; an HDU that is listed as a table must be a ' +
    'binary table, and not one that is compressed in tiles.',
  clause: 'GADF v0.3 hdu-index, HDU_TYPE and HDU_CLASS',
  checks: {
    hdu: (hdu, report) => {
      const { format, rows, scan, place, header, index, name } = hdu;
      if (rows.length > 0 && isCompressedTable(header)) {
        report(place, { message: `This table is ${COMPRESSED_IN_TILES}.`, card: 'ZTABLE' });
        return;
      }
      if (format === undefined || rows.length === 0) return;
      if (scan.kind !== 'bintable') {
        report(place, { message: `${format.title} must be a binary table, but this HDU is ${article(scan.kind)}.` });
        return;
      }
      const declared = headerText(header, 'HDUCLAS1') && formatOfHeader({ header, name, kind: 'bintable' });
      if (declared === undefined || declared === '' || declared === format) return;
      report(place, {
        message: `The HDU index calls HDU ${index} "${format.hduClass}", but its header says ${declared.title}.`,
        card: declared.response ? 'HDUCLAS4' : 'HDUCLAS1',
        found: declared.title,
        wanted: format.title,
      });
    },
  },
};

function article(kind: string): string {
  return kind === 'image' ? 'an image' : kind === 'asciitable' ? 'an ASCII table' : 'something else';
}
