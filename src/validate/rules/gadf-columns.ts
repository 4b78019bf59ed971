import type { Header } from '../../fits/index.ts';
import { type BinTable, parseTForm, type TForm } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import type { Report, Severity } from '../finding.ts';
import { type ColumnSpec, OBS_INDEX } from '../formats/index.ts';
import { headerText } from '../header-values.ts';
import { asksForLocalPointing, isDrift, LOCAL_AND_SKY } from '../observation-mode.ts';
import { textOf } from '../row-batch.ts';
import type { Rule } from '../rule.ts';

const WANTED: Readonly<Record<ColumnSpec['kind'], readonly [codes: string, text: string]>> = {
  int: ['BIJK', 'integers'],
  float: ['EDBIJK', 'numbers'],
  double: ['EDBIJK', '64-bit numbers'],
  text: ['A', 'text'],
  bits: ['XBIJK', 'bits'],
};

const NUMBERS = 'BIJKED';

export const gadfColumns: Rule = {
  code: 'gadf-columns',
  severity: 'error',
  title: 'A column that the specification asks for is missing, or of the wrong type.',
  detail:
    'Names are compared in any case. Numbers of another kind (such as MULTIP with a fraction) in a column that need not ' +
    'be there are a warning. Names that were used before (ETRUE_LO, ETRUE_HI, BGD) and that tools still read ' +
    'are a warning, and so is a missing EVENT_ID. An observation index needs RA_PNT and DEC_PNT if there is an ' +
    'observation in it whose OBS_MODE is not DRIFT, and ALT_PNT and AZ_PNT if there is one whose OBS_MODE is DRIFT ' +
    '(before v0.3, which brought this, or without a version, a warning, and only if it has no RA_PNT and DEC_PNT ' +
    'either). Times of 32 bits are told by time-32-bit.',
  clause: 'GADF v0.3, mandatory columns',
  checks: {
    obsIndex: checkPointing,
    hdu: (hdu, report) => {
      const { format, place, header } = hdu;
      if (format === undefined || hdu.scan.kind !== 'bintable') return;
      const clause = `GADF v0.3 ${format.clause}, columns`;
      const columns = columnsOf(header);
      for (const spec of format.columns) {
        const older = spec.older?.find((name) => columns.has(name));
        const form = columns.get(spec.name) ?? (older === undefined ? undefined : columns.get(older));
        if (form === undefined) {
          const severity = severityOfMissing(spec, hdu);
          if (severity === undefined) continue;
          const message = `There is no column ${spec.name} in ${format.title}.`;
          report(place, { severity, clause, column: spec.name, message, found: 'none', wanted: spec.name });
          continue;
        }
        if (older !== undefined && !columns.has(spec.name)) {
          const message = `The column ${spec.name} of ${format.title} has its older name ${older}.`;
          report(place, { severity: 'warning', clause, column: older, message, found: older, wanted: spec.name });
        }
        const [codes, wanted] = WANTED[spec.kind];
        if (form === 'none' || codes.includes(form.elementCode ?? form.code)) continue;
        const message = `The column ${spec.name} of ${format.title} holds type ${form.elementCode ?? form.code}, needed ${wanted}.`;
        // Numbers of another kind in a column that nothing depends on.
        const severity = spec.missing !== 'error' && NUMBERS.includes(form.code) ? 'warning' : 'error';
        report(place, { severity, clause, column: spec.name, message, found: form.code, wanted });
      }
    },
  },
};

function columnsOf(header: Header): Map<string, TForm | 'none'> {
  const columns = new Map<string, TForm | 'none'>();
  const count = header.get('TFIELDS');
  for (let n = 1; n <= (typeof count === 'number' ? Math.min(count, 999) : 0); n += 1) {
    const name = headerText(header, `TTYPE${n}`)?.toUpperCase();
    const form = headerText(header, `TFORM${n}`);
    if (name !== undefined && !columns.has(name)) columns.set(name, (form && parseTForm(form)) || 'none');
  }
  return columns;
}

function severityOfMissing({ name, missing, since }: ColumnSpec, { format, version }: HduFacts): ColumnSpec['missing'] {
  if (since !== undefined && version !== since) return undefined;
  return format === OBS_INDEX && POINTING_COLUMNS.includes(name) ? undefined : missing;
}

/** Those that the modes of the observations ask for. */
const POINTING_COLUMNS = ['RA_PNT', 'DEC_PNT', 'ALT_PNT', 'AZ_PNT'];

/** @see GADF v0.3 obs-index, RA_PNT to AZ_PNT */
function checkPointing(hdu: HduFacts, table: BinTable, report: Report): void {
  const drifting = Array.from({ length: table.rowCount }, (_, row) => isDrift(textOf(table, 'OBS_MODE', row)));
  const needed: [name: string, severity: Severity][] = [];
  if (drifting.length === 0 || drifting.includes(false)) needed.push(['RA_PNT', 'error'], ['DEC_PNT', 'error']);
  if (drifting.includes(true)) {
    for (const [local, inSky] of LOCAL_AND_SKY) {
      const isOlder = !asksForLocalPointing(hdu);
      if (!isOlder || table.column(inSky) === undefined) needed.push([local, isOlder ? 'warning' : 'error']);
    }
  }
  for (const [name, severity] of needed) {
    if (table.column(name) !== undefined) continue;
    const message = `There is no column ${name} in ${OBS_INDEX.title}.`;
    const clause = `GADF v0.3 ${OBS_INDEX.clause}, columns`;
    report(hdu.place, { severity, clause, column: name, message, found: 'none', wanted: name });
  }
}
