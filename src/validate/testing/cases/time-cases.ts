import { buildTable } from '../../../fits/index.ts';
import type { EditedHdu, StoreEdit } from '../edited-store.ts';
import { all, card, cell, cells, column, columns } from '../edits.ts';
import type { FaultCase } from './case.ts';

/** The first observation of the simulation. */
const START = 118693884;

/** Other good time intervals, in seconds after the start of the observation. */
function intervals(...pairs: readonly (readonly [number, number])[]): (hdu: EditedHdu) => void {
  return columns(
    ({ columns: specs }) => buildTable({ name: '', columns: specs }),
    [
      { name: 'START', form: '1D', unit: 's', values: pairs.map(([start]) => start + START) },
      { name: 'STOP', form: '1D', unit: 's', values: pairs.map(([, stop]) => stop + START) },
    ],
  );
}

/** Shifts the times of the good time intervals. */
const shifted = (seconds: number): StoreEdit => ({
  hdus: {
    GTI: all(
      cells('START', (time) => time + seconds),
      cells('STOP', (time) => time + seconds),
    ),
  },
});

/** Faults of times, good time, and dead time. */
export const TIME_CASES: readonly FaultCase[] = [
  {
    code: 'time-reference',
    fault: 'a scale that is none',
    edit: { hdus: { OBS_INDEX: card('TIMESYS', 'MJD') } },
    severity: 'error',
    message: /TIMESYS is "MJD", which is no time scale/,
  },
  {
    code: 'time-reference',
    fault: 'MJDREFF of two days',
    edit: { hdus: { OBS_INDEX: all(card('MJDREFI', 51908), card('MJDREFF', 2.00074287037037)) } },
    severity: 'warning',
    message: /MJDREFF is 2.00074287037037, which is no fraction of a day/,
  },
  {
    code: 'time-reference-mismatch',
    fault: 'good time from another moment',
    edit: {
      hdus: {
        GTI: all(
          card('MJDREFI', 51911),
          cells('START', (time) => time - 86400),
          cells('STOP', (time) => time - 86400),
        ),
      },
    },
    severity: 'warning',
    message: /The times of this table count from 86400 s after the moment of the event list/,
  },
  {
    code: 'time-reference-mismatch',
    fault: 'the same moment in UTC',
    edit: { hdus: { GTI: all(card('TIMESYS', 'UTC'), card('MJDREFF', 0)) } },
    severity: 'note',
    message: /count, in UTC and not TT, from the same moment as the event list\./,
  },
  {
    code: 'time-reference-mismatch',
    fault: 'another scale, counted from the same MJD',
    edit: {
      hdus: {
        GTI: all(
          card('TIMESYS', 'TAI'),
          cells('START', (time) => time - 32.184),
          cells('STOP', (time) => time - 32.184),
        ),
      },
    },
    severity: 'warning',
    message: /count, in TAI and not TT, from 32\.184 s after the moment of the event list \(TT - TAI\)\./,
  },
  {
    code: 'time-32-bit',
    fault: 'TIME of 32 bits',
    edit: { hdus: { OBS_INDEX: column('TMID', 'TFORM', '2E') } },
    severity: 'error',
    message: /The times in column TMID have 32 bits/,
  },
  {
    code: 'time-32-bit',
    fault: 'an index that was rounded',
    edit: { hdus: { OBS_INDEX: all(cell('TSTART', Math.fround), cell('TSTOP', Math.fround)) } },
    severity: 'error',
    message: /TSTART of the observation index is \d+: what 32 bits leave of \d+ in the event header/,
  },
  {
    code: 'time-offset',
    fault: 'good time of UTC',
    edit: shifted(64.184),
    severity: 'error',
    message: /The good time intervals are 64.184 s \(TT - UTC\) after TSTART and TSTOP/,
    also: ['events-outside-gti'],
  },
  {
    code: 'time-offset',
    fault: 'an index of UTC',
    edit: {
      hdus: {
        OBS_INDEX: all(
          cell('TSTART', (time) => time - 64.184),
          cell('TSTOP', (time) => time - 64.184),
        ),
      },
    },
    severity: 'error',
    message: /TSTART and TSTOP of the observation index are 64.184 s \(TT - UTC\) before those of the event header/,
    also: ['date-obs'],
  },
  {
    code: 'time-span',
    fault: 'an end before the beginning',
    edit: { hdus: { OBS_INDEX: all(cell('TSTOP', (time) => time - 1e6)) } },
    severity: 'error',
    message: /have a TSTOP that is not after TSTART/,
    also: ['index-values', 'date-obs'],
  },
  {
    code: 'date-obs',
    fault: 'another day',
    edit: { hdus: { EVENTS: card('DATE-OBS', '2005-10-04') } },
    severity: 'warning',
    message: /DATE-OBS is "2005-10-04": it is .* after TSTART \(TT\)/,
  },
  {
    code: 'date-obs',
    fault: 'no date',
    edit: { hdus: { EVENTS: card('DATE-OBS', '10/04/05') } },
    severity: 'warning',
    message: /no date of ISO 8601/,
  },
  {
    code: 'telapse',
    fault: 'zero',
    edit: { hdus: { EVENTS: card('TELAPSE', 0) } },
    severity: 'warning',
    message: /TELAPSE is 0, but TSTOP - TSTART is 1680/,
  },
  {
    code: 'gti-intervals',
    fault: 'no row',
    edit: { hdus: { GTI: intervals() } },
    severity: 'error',
    message: /The GTI table has no rows/,
    also: ['ontime-sum', 'events-outside-gti'],
  },
  {
    code: 'gti-intervals',
    fault: 'the wrong order',
    edit: { hdus: { GTI: intervals([840, 1680], [0, 840]) } },
    severity: 'warning',
    message: /the intervals begin before the interval in the row above/,
  },
  {
    code: 'gti-intervals',
    fault: 'an end before the beginning',
    edit: { hdus: { GTI: intervals([0, 1680], [1680, 1679.999]) } },
    severity: 'error',
    message: /the intervals end before they begin/,
  },
  {
    code: 'gti-overlap',
    fault: 'ten seconds twice',
    edit: { hdus: { GTI: intervals([0, 850], [840, 1680]) } },
    severity: 'error',
    message: /1 of 2 rows \(row 2\): the interval begins before an earlier one has ended/,
    also: ['ontime-sum'],
  },
  {
    code: 'gti-outside',
    fault: 'a minute before the start',
    edit: { hdus: { GTI: intervals([-60, 1680]) } },
    severity: 'warning',
    message: /the interval is in part outside of the observation/,
    also: ['ontime-sum'],
  },
  {
    code: 'gti-outside',
    fault: 'another night',
    edit: { hdus: { GTI: intervals([0, 1680], [86400, 86400.001]) } },
    severity: 'error',
    message: /1 of 2 rows \(row 2\): the interval is outside of the observation/,
  },
  {
    code: 'ontime-sum',
    fault: 'a tenth too long',
    edit: {
      hdus: {
        EVENTS: all(card('ONTIME', 1848), card('LIVETIME', 1848 * 0.9), card('DEADC', 0.9)),
        OBS_INDEX: all(cell('ONTIME', 1848), cell('LIVETIME', 1848 * 0.9), cell('DEADC', 0.9)),
      },
    },
    severity: 'error',
    message: /ONTIME is 1848 s, but the good time intervals add to 1680 s/,
  },
  {
    code: 'livetime',
    fault: 'dead time twice',
    edit: {
      hdus: {
        EVENTS: all(card('DEADC', 0.9), card('LIVETIME', 1360.8)),
        OBS_INDEX: all(cell('DEADC', 0.9), cell('LIVETIME', 1360.8)),
      },
    },
    severity: 'error',
    message: /LIVETIME is 1360.8 s, but ONTIME · DEADC is 1512 s/,
  },
  {
    code: 'dead-time',
    fault: 'the inverse',
    edit: {
      hdus: {
        EVENTS: all(card('DEADC', 1.25), card('LIVETIME', 2100)),
        OBS_INDEX: all(cell('DEADC', 1.25), cell('LIVETIME', 2100)),
      },
    },
    severity: 'error',
    message: /DEADC is 1.25, needed 0 to 1/,
  },
  {
    code: 'events-outside-gti',
    fault: 'a gap',
    edit: {
      hdus: {
        GTI: intervals([0, 400], [1280, 1680]),
        EVENTS: all(card('ONTIME', 800), card('LIVETIME', 720), card('DEADC', 0.9)),
        OBS_INDEX: all(cell('ONTIME', 800), cell('LIVETIME', 720), cell('DEADC', 0.9)),
      },
    },
    severity: 'warning',
    message: /\d+ of \d+ rows .*: the event is outside of all good time intervals/,
  },
  {
    code: 'events-outside-gti',
    fault: 'an event of another day',
    edit: { hdus: { EVENTS: cells('TIME', (time, row) => (row === 0 ? time - 86400 : time)) } },
    severity: 'error',
    message: /1 of \d+ rows \(row 1\): the event is outside of the observation/,
  },
  {
    code: 'events-unordered',
    fault: 'two events exchanged',
    edit: { hdus: { EVENTS: cells('TIME', (time, row) => (row === 0 ? START + 840 : time)) } },
    severity: 'note',
    message: /the event is earlier than the one above it/,
  },
];
