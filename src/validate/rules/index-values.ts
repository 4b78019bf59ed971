import { separationDeg } from '../../gadf/index.ts';
import type { HeaderFacts, ObservationFacts } from '../facts.ts';
import type { Report, Severity } from '../finding.ts';
import { headerNumber, headerText } from '../header-values.ts';
import { numbersOf, textOf } from '../row-batch.ts';
import type { Rule } from '../rule.ts';
import { explainShift, isRounded, referenceOf, referenceOfColumn, roundingOfColumn, shiftSeconds } from '../times.ts';

export const indexValues: Rule = {
  code: 'index-values',
  severity: 'error',
  title: 'The observation index says something else of an observation than its event header.',
  detail:
    'An error for the pointing (0.01°), TSTART and TSTOP (0.5 s, as moments by their own time references, and what a column ' +
    'of 32 bits rounds, which time-32-bit tells), ONTIME and LIVETIME (1 s and 0.1 %) and DEADC (0.001). ONTIME of the index may also be TSTOP - TSTART, as the ' +
    'specification defines it there. A warning for the target (0.01°), ALT_PNT and AZ_PNT (0.1°) and N_TELS; a note for ' +
    'OBJECT and TELLIST, without regard to case and blanks.',
  clause: 'GADF v0.3 obs-index',
  checks: {
    observation: (facts, report) => {
      const { events, obsRow, dataset } = facts;
      const table = dataset.obsIndex?.table;
      if (events === undefined || obsRow === undefined || table === undefined) return;
      const row: Row = { facts, events, obsRow, number: (name) => finite(numbersOf(table, name)?.[obsRow]), report };
      compareDirections(row, 'RA_PNT', 'DEC_PNT', 0.01, 'error');
      compareDirections(row, 'RA_OBJ', 'DEC_OBJ', 0.01, 'warning');
      compareDirections(row, 'AZ_PNT', 'ALT_PNT', 0.1, 'warning');
      compareTimes(row);
      compareNumbers(row);
      for (const [name, severity] of [
        ['OBJECT', 'note'],
        ['TELLIST', 'note'],
      ] as const) {
        const [there, here] = [headerText(events.header, name), textOf(table, name, obsRow)];
        if (there === undefined || here === undefined || here === '' || plain(there) === plain(here)) continue;
        tell(row, name, here, there, severity);
      }
    },
  },
};

interface Row {
  readonly facts: ObservationFacts;
  readonly events: HeaderFacts;
  readonly obsRow: number;
  readonly number: (name: string) => number | undefined;
  readonly report: Report;
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '');
}

function compareDirections(
  { events, number, ...row }: Row,
  lon: string,
  lat: string,
  limit: number,
  severity: Severity,
): void {
  const here = [number(lon), number(lat)] as const;
  const there = [headerNumber(events.header, lon), headerNumber(events.header, lat)] as const;
  if (here[0] === undefined || here[1] === undefined || there[0] === undefined || there[1] === undefined) return;
  const off = separationDeg(here[0], here[1], there[0], there[1]);
  if (off <= limit) return;
  const text = `${lon} and ${lat}, which are ${Number(off.toFixed(4))}° apart:`;
  tell({ events, number, ...row }, lon, here.join(', '), there.join(', '), severity, text);
}

function compareTimes(row: Row): void {
  const { facts, events, number } = row;
  const table = facts.dataset.obsIndex?.table;
  if (table === undefined) return;
  const reference = referenceOf(events.header);
  const shift = shiftSeconds(referenceOfColumn(table, 'TSTART'), reference);
  const off = new Map<string, readonly [here: number, there: number, seconds: number]>();
  for (const name of ['TSTART', 'TSTOP']) {
    const [here, there] = [number(name), headerNumber(events.header, name)];
    if (here !== undefined && there !== undefined) off.set(name, [here, there, here + shift - there]);
  }
  const [start, stop] = [off.get('TSTART'), off.get('TSTOP')];
  const isShift = start !== undefined && stop !== undefined && Math.abs(start[2] - stop[2]) < 0.05;
  // time-offset tells it.
  if (isShift && explainShift(start[2], reference, start[1]) !== undefined) return;
  for (const [name, [here, there, seconds]] of off) {
    const limit = 0.5 + roundingOfColumn(table, name, here);
    if (Math.abs(seconds) <= limit || isRounded(here, there) || isRounded(there, here)) continue;
    const references = shift === 0 ? '' : ', counted from different references';
    const text = `${name}, by ${Number(Math.abs(seconds).toFixed(3))} s${references}:`;
    tell(row, name, String(here), String(there), 'error', text);
  }
}

function compareNumbers(row: Row): void {
  const { events, number } = row;
  const [start, stop] = [headerNumber(events.header, 'TSTART'), headerNumber(events.header, 'TSTOP')];
  for (const [name, absolute, relative, severity] of [
    ['ONTIME', 1, 1e-3, 'error'],
    ['LIVETIME', 1, 1e-3, 'error'],
    ['DEADC', 1e-3, 0, 'error'],
    ['N_TELS', 0, 0, 'warning'],
  ] as const) {
    const [here, there] = [number(name), headerNumber(events.header, name)];
    if (here === undefined || there === undefined) continue;
    if (Math.abs(here - there) <= Math.max(absolute, relative * Math.abs(there))) continue;
    const span = start !== undefined && stop !== undefined ? stop - start : Number.NaN;
    if (name === 'ONTIME' && Math.abs(here - span) <= 1) continue;
    tell(row, name, String(here), String(there), severity);
  }
}

function tell(
  { facts: { dataset, id }, obsRow, report }: Row,
  column: string,
  found: string,
  wanted: string,
  severity: Severity,
  what: string = `${column}:`,
): void {
  if (dataset.obsIndex === undefined) return;
  report(
    { ...dataset.obsIndex.place, obsId: id },
    {
      severity,
      column,
      row: obsRow + 1,
      message: `Observation index and event header differ in ${what} "${found}" and "${wanted}".`,
      found,
      wanted,
    },
  );
}
