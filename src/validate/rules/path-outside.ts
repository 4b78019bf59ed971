import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const pathOutside: Rule = {
  code: 'path-outside',
  severity: 'error',
  title: 'A row of the HDU index names no file, or one outside of the store.',
  detail:
    'BASE_DIR / FILE_DIR / FILE_NAME must be relative and stay inside of the folder of the master index: else the ' +
    'store cannot be moved or copied. GADF lets tools support absolute paths; they are a warning. Files that are ' +
    'outside are not looked at.',
  clause: 'GADF v0.3 hdu-index, BASE_DIR',
  checks: {
    dataset: ({ rows, hduIndex }, report) => {
      const tallies = new Map<string, RowTally>();
      for (let row = 0; row < rows.count; row++) {
        const fault = rows.pathFault(row);
        if (fault === undefined) continue;
        const tally = tallies.get(fault) ?? new RowTally();
        tallies.set(fault, tally);
        tally.add(row, [rows.directory(row), rows.fileName(row)].filter((part) => part !== '').join('/'));
      }
      for (const [fault, tally] of tallies) {
        if (hduIndex === undefined) return;
        const what = fault === 'it names no file' ? 'no FILE_NAME' : `a path that ${fault}`;
        report(hduIndex.place, {
          severity: fault === 'is absolute' ? 'warning' : 'error',
          message: `${tally.of(rows.count)} of the HDU index have ${what}.`,
          column: 'FILE_NAME',
          ...tally.detail(),
          wanted: 'a relative path that stays in the store',
        });
      }
    },
  },
};
