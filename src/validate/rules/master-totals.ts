import { JsonNumber, type JsonValue } from '../../gadf/index.ts';
import type { DatasetFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';

const SECONDS: Readonly<Record<string, number>> = {
  hours: 3600,
  hour: 3600,
  h: 3600,
  minutes: 60,
  min: 60,
  seconds: 1,
  s: 1,
};

export const masterTotals: Rule = {
  code: 'master-totals',
  severity: 'warning',
  title: 'The master index tells of other totals than the dataset has.',
  detail:
    '"Total observations" against the rows of the observation index, "Total events" against the rows of all event ' +
    'lists, "Total time" (in hours, minutes or seconds) against the sum of ONTIME, to the digits that are given. ' +
    'Totals are not compared where an event list is missing. Left out where a file holds several HDU indexes, one for ' +
    'each event type.',
  clause: 'GADF v0.1 data storage, master index',
  checks: {
    totals: (dataset, { observations, events, ontimeSeconds }, report) => {
      const { entry, position, place } = dataset;
      const isCertain = areComplete(dataset);
      const compare = (key: string, there: number | undefined): void => {
        const claimed = numberOf(entry.json.get(key));
        if (claimed === undefined || there === undefined || claimed === there) return;
        const message = `"${key}" is ${claimed}, but there are ${there}.`;
        report(place, {
          card: key,
          message,
          found: String(claimed),
          wanted: String(there),
          ...(isCertain && { repair: { kind: 'set-master', entry: position, key, found: claimed, value: there } }),
        });
      };
      compare('Total observations', observations);
      compare('Total events', events);
      const time = timeOf(entry.json.get('Total time'));
      if (time === undefined || ontimeSeconds === undefined) return;
      const there = ontimeSeconds / time.unitSeconds;
      if (Math.abs(there - time.value) <= time.tolerance) return;
      const wanted = `${there.toFixed(time.digits)} ${time.unit}`;
      const found = `${time.value} ${time.unit}`;
      const message = `"Total time" is ${found}, but the ONTIME of all observations adds to ${wanted}.`;
      report(place, {
        card: 'Total time',
        message,
        found,
        wanted,
        ...(isCertain && {
          repair: { kind: 'set-master', entry: position, key: 'Total time', found, value: wanted },
        }),
      });
    },
  },
  repairs:
    'The totals become what the dataset has, if each observation stands in both indexes, and once in the observation index.',
};

/** Where rows are missing, the totals may be right, and the index wrong. */
function areComplete({ observations, hduIndex, obsIndex }: DatasetFacts): boolean {
  if (hduIndex === undefined || obsIndex === undefined) return false;
  return [...observations.values()].every(({ hduRows, obsRows }) => hduRows.length > 0 && obsRows.length === 1);
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return value instanceof JsonNumber ? value.valueOf() : undefined;
}

function timeOf(value: JsonValue | undefined) {
  const [, number, unit = ''] = (typeof value === 'string' && /^([\d.]+)\s*([a-z]+)$/i.exec(value.trim())) || [];
  const unitSeconds = SECONDS[unit.toLowerCase()];
  if (number === undefined || unitSeconds === undefined) return undefined;
  const digits = number.split('.')[1]?.length ?? 0;
  // Half of the last digit, and what a sum in another order may differ by.
  return { value: Number(number), unit, unitSeconds, digits, tolerance: 0.5 * 10 ** -digits * 1.000001 };
}
