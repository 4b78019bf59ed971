import { headerNumber, headerText } from '../header-values.ts';
import type { Rule } from '../rule.ts';

export const obsIdHeader: Rule = {
  code: 'obs-id-header',
  severity: 'error',
  title: 'The header of an HDU has another OBS_ID than the HDU index.',
  detail:
    'For every HDU that is listed for one observation and has OBS_ID. A difference in a response is a warning, as one ' +
    'response may serve several observations.',
  clause: 'GADF v0.3 events, OBS_ID',
  checks: {
    hdu: ({ header, obsIds, place, format }, report) => {
      const [id] = obsIds;
      const found = headerNumber(header, 'OBS_ID') ?? headerText(header, 'OBS_ID');
      if (id === undefined || obsIds.length > 1 || found === undefined || String(found) === String(id)) return;
      // An ID that stands as text in one place may have zeros before it.
      if (Number(found) === Number(id)) return;
      const message = `OBS_ID of the header is ${found}; the HDU index lists this HDU for observation ${id}.`;
      const severity = format?.response ? 'warning' : 'error';
      report(place, { severity, card: 'OBS_ID', message, found: String(found), wanted: String(id) });
    },
  },
};
