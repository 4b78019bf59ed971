import type { Header } from '../../fits/index.ts';
import { scaleNameOf, timesysOf } from '../../gadf/index.ts';
import type { DatasetFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { explainShift, referenceOf, secondsText, shiftSeconds } from '../times.ts';

/** Headers give MJDREFF with 15 digits or so; what is below this is their rounding. */
const TOLERANCE_SECONDS = 1e-3;

/** The first reference that was seen of a dataset. */
const FIRST = new WeakMap<DatasetFacts, Header>();

export const timeReferenceMismatch: Rule = {
  code: 'time-reference-mismatch',
  severity: 'warning',
  title: 'Tables of a dataset count their times from different moments, or in different scales.',
  detail:
    'MJDREFI + MJDREFF and TIMESYS of the good times and of the observation index against those of the event list, and ' +
    'of every event list against the first one of the dataset. It is allowed; tools that do not convert go wrong. ' +
    'References that name the same moment in two scales are a note.',
  clause: 'GADF v0.3 time',
  checks: {
    observation: ({ dataset, events, gti, id }, report) => {
      if (events === undefined) return;
      const first = FIRST.get(dataset);
      if (first === undefined) FIRST.set(dataset, events.header);
      const obsIndex = dataset.obsIndex;
      for (const [what, header, place] of [
        ['the event list', gti?.header, gti?.place],
        ['the first event list of the dataset', first === undefined ? undefined : events.header, events.place],
        ['the event list', first === undefined ? obsIndex?.table.header : undefined, obsIndex?.place],
      ] as const) {
        if (header === undefined || place === undefined) continue;
        const other = what === 'the event list' ? events.header : (first as Header);
        const found = difference(header, other, what);
        if (found === undefined) continue;
        const { severity, card, text } = found;
        report({ ...place, obsId: id }, { severity, card, message: `The times of this table count${text}.` });
      }
    },
  },
};

function difference(header: Header, other: Header, what: string) {
  const [left, right] = [referenceOf(header), referenceOf(other)];
  const [system, otherSystem] = [header.get('TIMESYS'), other.get('TIMESYS')];
  if (left === undefined || right === undefined) return undefined;
  const shift = shiftSeconds(left, right);
  const isSame = scaleNameOf(system) === scaleNameOf(otherSystem);
  const scales = isSame ? '' : `, in ${timesysOf(system)} and not ${timesysOf(otherSystem)},`;
  if (Math.abs(shift) > TOLERANCE_SECONDS) {
    const reason = explainShift(shift, right, 0);
    const distance = `${secondsText(Math.abs(shift))} ${shift > 0 ? 'after' : 'before'}`;
    const text = `${scales} from ${distance} the moment of ${what}${reason ? ` (${reason})` : ''}`;
    return { severity: 'warning' as const, card: 'MJDREFF', text };
  }
  return scales === ''
    ? undefined
    : { severity: 'note' as const, card: 'TIMESYS', text: `${scales} from the same moment as ${what}` };
}
