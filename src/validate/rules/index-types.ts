import { FORMATS, formatOfClass, HDU_TYPES } from '../formats/index.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const indexTypes: Rule = {
  code: 'index-types',
  severity: 'warning',
  title: 'HDU_TYPE or HDU_CLASS of the HDU index has a value that is not defined, or they do not fit each other.',
  detail: 'Tools find HDUs by these words, in lower case. Pointing tables are taken, too.',
  clause: 'GADF v0.3 hdu-index, HDU_TYPE and HDU_CLASS',
  checks: {
    dataset: ({ rows, hduIndex }, report) => {
      const tallies = { type: new RowTally(), hduClass: new RowTally(), pair: new RowTally() };
      for (let row = 0; row < rows.count; row++) {
        const [type, hduClass] = [rows.type(row), rows.hduClass(row)];
        const format = formatOfClass(hduClass);
        if (!HDU_TYPES.includes(type)) tallies.type.add(row, type);
        if (format?.hduClass !== hduClass) tallies.hduClass.add(row, hduClass);
        else if (HDU_TYPES.includes(type) && format.type !== type) tallies.pair.add(row, `${type}/${hduClass}`);
      }
      if (hduIndex === undefined) return;
      const tell = (column: string, tally: RowTally, what: string, wanted: string): void => {
        if (!tally.any) return;
        const message = `${tally.of(rows.count)} of the HDU index have ${what}: ${[...new Set(tally.examples)].join(', ')}.`;
        report(hduIndex.place, { column, message, ...tally.detail(), wanted });
      };
      const classes = FORMATS.map((format) => format.hduClass).join(', ');
      if (hduIndex.table.column('HDU_TYPE'))
        tell('HDU_TYPE', tallies.type, 'an HDU_TYPE that is not defined', HDU_TYPES.join(', '));
      if (hduIndex.table.column('HDU_CLASS'))
        tell('HDU_CLASS', tallies.hduClass, 'an HDU_CLASS that is not defined', classes);
      tell('HDU_CLASS', tallies.pair, 'an HDU_CLASS of another HDU_TYPE', 'a class of that type');
    },
  },
};
