import type { Header } from '../../fits/index.ts';
import { parseTForm, type TForm } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import type { ColumnSpec } from '../formats/index.ts';
import { headerText } from '../header-values.ts';
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
    'are a warning, and so is a missing EVENT_ID. RA_PNT and DEC_PNT of an observation index with OBS_MODE need not be ' +
    'there if ALT_PNT and AZ_PNT are. Times of 32 bits are told by time-32-bit.',
  clause: 'GADF v0.3, mandatory columns',
  checks: {
    hdu: (hdu, report) => {
      const { format, place, header } = hdu;
      if (format === undefined || hdu.scan.kind !== 'bintable') return;
      const clause = `GADF v0.3 ${format.clause}, columns`;
      const columns = columnsOf(header);
      for (const spec of format.columns) {
        const older = spec.older?.find((name) => columns.has(name));
        const form = columns.get(spec.name) ?? (older === undefined ? undefined : columns.get(older));
        if (form === undefined) {
          const severity = severityOfMissing(spec, hdu, columns);
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

function severityOfMissing(
  { name, missing, since }: ColumnSpec,
  { version }: HduFacts,
  columns: ReadonlyMap<string, unknown>,
): ColumnSpec['missing'] {
  if (since !== undefined && version !== since) return undefined;
  const other: Readonly<Record<string, string>> = { RA_PNT: 'ALT_PNT', DEC_PNT: 'AZ_PNT' };
  const instead = other[name];
  return columns.has('OBS_MODE') && instead !== undefined && columns.has(instead) ? undefined : missing;
}
