import type { DatasetFacts } from '../facts.ts';
import type { CellChange, Repair } from '../finding.ts';
import { pathInside } from '../index-rows.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const pathOutside: Rule = {
  code: 'path-outside',
  severity: 'error',
  title: 'A row of the HDU index names no file, or one outside of the store.',
  detail:
    'BASE_DIR / FILE_DIR / FILE_NAME must be relative and stay inside of the folder of the master index: else the ' +
    'store cannot be moved or copied. GADF lets tools support absolute paths; they are a warning. Files that are ' +
    'outside are not looked at. A BASE_DIR that is absolute, or begins with a variable or ~, is passed over: files are ' +
    'looked for from the folder of the HDU index, also where it is a folder of the store.',
  clause: 'GADF v0.3 hdu-index, BASE_DIR',
  checks: {
    dataset: (dataset, report) => {
      const { rows, hduIndex } = dataset;
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
          ...(fault === 'is absolute' && madeRelative(dataset)),
        });
      }
      if (hduIndex === undefined || rows.ignoredBase === undefined) return;
      report(hduIndex.place, {
        severity: 'warning',
        card: 'BASE_DIR',
        message: `BASE_DIR is "${rows.ignoredBase}", which holds on one machine only; files are looked for from the folder of the HDU index.`,
        found: rows.ignoredBase,
        wanted: 'a relative path, or none',
        repair: { kind: 'set-cards', cards: [{ keyword: 'BASE_DIR', found: rows.ignoredBase, value: '' }] },
      });
    },
  },
  repairs:
    'Absolute paths into the folder of the store become relative to the HDU index, if the files are there. A BASE_DIR that is ' +
    'passed over becomes empty.',
};

function madeRelative({ rows, store }: DatasetFacts): { repair?: Repair } {
  const paths: CellChange[] = [];
  for (let row = 0; row < rows.count; row++) {
    const found = rows.pathFault(row) === 'is absolute' ? rows.absolutePath(row) : undefined;
    const value = found === undefined ? undefined : pathInside(store.roots, found);
    if (found !== undefined && value !== undefined) paths.push({ row: row + 1, found, value });
  }
  return paths.length === 0 ? {} : { repair: { kind: 'set-paths', paths } };
}
