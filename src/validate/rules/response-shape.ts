import type { BinTable } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import type { Report } from '../finding.ts';
import { headerText } from '../header-values.ts';
import { axisOrder, firstRow, olderColumn, readAxes } from '../response.ts';
import type { Rule } from '../rule.ts';

export const responseShape: Rule = {
  code: 'response-shape',
  severity: 'error',
  title: 'The arrays of a response do not fit its axes.',
  detail:
    'One row (more are a warning: the first one counts); as many lower as upper edges; data whose size is the product of ' +
    'the axes, and whose TDIM names them in the order of CREF or, without it, of the columns. A missing TDIM of data with ' +
    'several axes is a warning. Not with --fast.',
  clause: 'GADF v0.3 fits-arrays, BINTABLE HDU; OGIP CAL/GEN/92-003',
  checks: {
    table: (hdu, table, report) => {
      const { format, place } = hdu;
      if (format?.response === undefined) return;
      if (table.rowCount !== 1) {
        const message = `${format.title} has ${table.rowCount} rows, needed 1.`;
        const severity = table.rowCount === 0 ? 'error' : 'warning';
        report(place, { severity, card: 'NAXIS2', message, found: String(table.rowCount), wanted: '1' });
        if (table.rowCount === 0) return;
      }
      for (const axis of format.response.axes) {
        const [low, high] = [firstRow(table, `${axis}_LO`), firstRow(table, `${axis}_HI`)];
        if (low === undefined || high === undefined || low.length === high.length) continue;
        const message = `The axis ${axis} has ${low.length} lower and ${high.length} upper edges.`;
        report(place, { column: `${axis}_LO`, message, found: `${low.length} and ${high.length}` });
      }
      for (const name of format.response.data) checkData(hdu, table, name, report);
    },
  },
};

function checkData(hdu: HduFacts, table: BinTable, name: string, report: Report): void {
  const column = table.column(name) ?? olderColumn(hdu, table, name);
  const all = readAxes(hdu, table);
  if (column === undefined || all.length !== hdu.format?.response?.axes.length) return;
  const axes = axisOrder(all, headerText(hdu.header, `CREF${column.index + 1}`));
  const lengths = axes.map(({ length }) => length);
  const wanted = `(${lengths.join(',')})`;
  const names = axes.map((axis) => axis.name).join(', ');
  const size = firstRow(table, column.name)?.length ?? column.form.repeat;
  if (size !== lengths.reduce((product, length) => product * length, 1)) {
    const message = `${column.name} has ${size} elements, but its axes ${names} have ${lengths.join(' · ')} bins.`;
    report(hdu.place, { column: column.name, message, found: String(size), wanted });
    return;
  }
  const dim = hdu.header.get(`TDIM${column.index + 1}`);
  if (dim === undefined) {
    const message = `${column.name} has no TDIM, so that its axes are not known.`;
    report(hdu.place, { severity: 'warning', column: column.name, message, found: 'none', wanted });
  } else if (column.dim?.join(',') !== lengths.join(',')) {
    const message = `TDIM of ${column.name} is ${String(dim)}, but its axes ${names} have ${wanted} bins.`;
    report(hdu.place, { column: column.name, message, found: String(dim), wanted });
  }
}
