import { isRowTable, MAX_TABLE_BYTES } from '../check-file.ts';
import type { Rule } from '../rule.ts';

export const tableTooLarge: Rule = {
  code: 'table-too-large',
  severity: 'note',
  title: 'A table is too large to be looked into.',
  detail:
    'Good times and responses of more than 64 MB, or in a file with more than 128 MB of tables: their headers are checked, and not their values.',
  clause: 'iactools',
  checks: {
    hdu: (hdu, report) => {
      if (hdu.format === undefined || isRowTable(hdu) || !hdu.tooLarge) return;
      const message = `The values of this table were not checked: it has ${hdu.scan.dataBytes} bytes.`;
      report(hdu.place, { message, found: `${hdu.scan.dataBytes} bytes`, wanted: `up to ${MAX_TABLE_BYTES} bytes` });
    },
  },
};
