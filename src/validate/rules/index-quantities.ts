import { asksForLocalPointing, isDrift, LOCAL_AND_SKY } from '../observation-mode.ts';
import { numbersOf, textOf } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const indexQuantities: Rule = {
  code: 'index-quantities',
  severity: 'warning',
  title: 'The observation index has values that are not possible.',
  detail:
    'QUALITY other than -1, 0, 1 and 2; negative EVENT_COUNT or N_TELS; N_TELS that is not the number of telescopes in ' +
    'TELLIST (where that is a list of numbers); required columns without a value (an error), which for the ' +
    'pointing are those of the mode of the observation: ALT_PNT and AZ_PNT of DRIFT since v0.3, else RA_PNT and DEC_PNT.',
  clause: 'GADF v0.3 obs-index',
  checks: {
    obsIndex: (hdu, table, report) => {
      const { place } = hdu;
      const total = table.rowCount;
      const scan = (column: string, isBad: (value: number, row: number) => boolean): RowTally => {
        const values = numbersOf(table, column);
        const tally = new RowTally();
        for (let row = 0; values !== undefined && row < total; row++) {
          if (isBad(values[row] as number, row)) tally.add(row, values[row] as number);
        }
        return tally;
      };
      const tell = (column: string, tally: RowTally, what: string, severity: 'error' | 'warning' = 'warning'): void => {
        if (!tally.any) return;
        const message = `${column} ${what} in ${tally.of(total)} of the observation index: ${tally.examples.join(', ')}.`;
        report(place, { severity, column, message, ...tally.detail() });
      };
      const drifts = (row: number): boolean => isDrift(textOf(table, 'OBS_MODE', row));
      for (const name of ['RA_PNT', 'DEC_PNT', 'ALT_PNT', 'AZ_PNT', 'TSTART', 'TSTOP']) {
        const isLocal = LOCAL_AND_SKY.some(([local]) => local === name);
        const needed = (row: number): boolean =>
          !name.endsWith('_PNT') || (isLocal ? asksForLocalPointing(hdu) && drifts(row) : !drifts(row));
        tell(
          name,
          scan(name, (value, row) => !Number.isFinite(value) && needed(row)),
          'is no number',
          'error',
        );
      }
      tell(
        'QUALITY',
        scan('QUALITY', (value) => !Number.isNaN(value) && ![-1, 0, 1, 2].includes(value)),
        'is none of -1, 0, 1, 2',
      );
      tell(
        'EVENT_COUNT',
        scan('EVENT_COUNT', (value) => value < 0),
        'is negative',
      );
      const telescopes = scan('N_TELS', (value, row) => {
        const list = textOf(table, 'TELLIST', row) ?? '';
        const isList = /^\s*\d+(\s*,\s*\d+)*\s*$/.test(list);
        return value < 0 || (isList && list.split(',').length !== value);
      });
      tell('N_TELS', telescopes, 'is not the number of telescopes in TELLIST');
    },
  },
};
