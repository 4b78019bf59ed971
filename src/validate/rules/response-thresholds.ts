import { headerNumber } from '../header-values.ts';
import { readAxes } from '../response.ts';
import type { Rule } from '../rule.ts';

export const responseThresholds: Rule = {
  code: 'response-thresholds',
  severity: 'warning',
  title: 'LO_THRES or HI_THRES lie beyond the energies of the response.',
  detail:
    'In TeV, as the axis. An error if LO_THRES is not below HI_THRES. Thresholds of 0 and below mean that none is given. ' +
    'Not with --fast.',
  clause: 'GADF v0.3 aeff_2d, LO_THRES, HI_THRES',
  checks: {
    table: (hdu, table, report) => {
      const axis = readAxes(hdu, table).find(({ name }) => name === 'ENERG');
      if (axis === undefined || hdu.format?.type !== 'aeff') return;
      const [low, high] = [headerNumber(hdu.header, 'LO_THRES'), headerNumber(hdu.header, 'HI_THRES')];
      if (low !== undefined && high !== undefined && low > 0 && high > 0 && low >= high) {
        const message = `LO_THRES is ${low} and HI_THRES is ${high}.`;
        report(hdu.place, {
          severity: 'error',
          card: 'LO_THRES',
          message,
          found: String(low),
          wanted: `below ${high}`,
        });
      }
      const [first, last] = [axis.low[0] as number, axis.high[axis.length - 1] as number];
      for (const [card, value] of [
        ['LO_THRES', low],
        ['HI_THRES', high],
      ] as const) {
        if (value === undefined || value <= 0 || (value >= first * 0.999 && value <= last * 1.001)) continue;
        const message = `${card} is ${value} TeV, but the axis has ${first} to ${last} TeV.`;
        report(hdu.place, { card, message, found: String(value), wanted: `${first} to ${last}` });
      }
    },
  },
};
