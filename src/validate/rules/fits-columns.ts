import type { Header } from '../../fits/index.ts';
import { parseTForm } from '../../fits/index.ts';
import type { Place, Report } from '../finding.ts';
import type { Rule } from '../rule.ts';

export const fitsColumns: Rule = {
  code: 'fits-columns',
  severity: 'error',
  title: 'The cards that describe the columns of a table are wrong.',
  detail:
    'TFIELDS; TFORMn missing or none; columns that do not fill NAXIS1; TNULLn of a column that holds no integers; ' +
    'TSCALn or TZEROn of text, logicals or bits; TDIMn that does not fit; THEAP inside the rows. Column names that are ' +
    'missing, stand there twice or have odd characters are warnings.',
  clause: 'FITS 4.0 §7.3.1, §7.3.2',
  checks: {
    hdu: ({ place, header }, report) => {
      if (header.get('XTENSION') !== 'BINTABLE') return;
      const count = header.get('TFIELDS');
      if (typeof count !== 'number' || count < 0 || count > 999 || !Number.isInteger(count)) {
        report(place, {
          card: 'TFIELDS',
          message: `TFIELDS is ${String(count)}, needed 0 to 999.`,
          found: String(count),
        });
        return;
      }
      let width: number | undefined = 0;
      for (let n = 1; n <= count; n += 1) {
        const bytes = checkColumn(header, n, place, report);
        width = bytes === undefined || width === undefined ? undefined : width + bytes;
      }
      const rowBytes = header.get('NAXIS1');
      if (width !== undefined && width !== rowBytes) {
        const message = `The columns fill ${width} bytes of a row, but NAXIS1 is ${String(rowBytes)}.`;
        report(place, { card: 'NAXIS1', message, found: String(rowBytes), wanted: String(width) });
      }
      checkNames(header, count, place, report);
    },
  },
};

/** @returns the bytes of the column in a row; `undefined` if they are not known. */
function checkColumn(header: Header, n: number, place: Place, report: Report): number | undefined {
  const text = header.get(`TFORM${n}`);
  const form = typeof text === 'string' ? parseTForm(text) : undefined;
  const name = String(header.get(`TTYPE${n}`) ?? '');
  const tell = (keyword: string, reason: string, wanted?: string): void => {
    const found = String(header.get(keyword) ?? 'none');
    const message = `${keyword} of column "${name}" ${reason}.`;
    report(place, { card: keyword, column: name, message, found, ...(wanted !== undefined && { wanted }) });
  };
  if (form === undefined) {
    const lack = header.has(`TFORM${n}`) ? 'has no value' : 'is missing';
    tell(`TFORM${n}`, text === undefined ? lack : `is "${String(text)}", which is no format`);
    return undefined;
  }
  const code = form.elementCode ?? form.code;
  const tnull = header.get(`TNULL${n}`);
  if (tnull !== undefined && !'BIJK'.includes(code))
    tell(`TNULL${n}`, `stands for a column of type ${code}`, 'integers');
  else if (tnull !== undefined && typeof tnull !== 'bigint' && !Number.isInteger(tnull)) {
    tell(`TNULL${n}`, 'is no integer', 'an integer');
  }
  for (const keyword of [`TSCAL${n}`, `TZERO${n}`]) {
    if ('LXA'.includes(code) && header.has(keyword)) tell(keyword, `stands for a column of type ${code}`, 'numbers');
  }
  const dim = header.get(`TDIM${n}`);
  if (dim !== undefined && form.elementCode === undefined) {
    const axes = typeof dim === 'string' ? /^ *\(([\d, ]+)\) *$/.exec(dim)?.[1]?.split(',').map(Number) : undefined;
    const size = axes?.reduce((product, axis) => product * axis, 1);
    if (size === undefined) tell(`TDIM${n}`, `is "${String(dim)}", which are no axes`, '(n,m,…)');
    else if (size > form.repeat) tell(`TDIM${n}`, `has ${size} elements, the column has ${form.repeat}`);
  }
  return form.bytes;
}

function checkNames(header: Header, count: number, place: Place, report: Report): void {
  const seen = new Map<string, number>();
  for (let n = 1; n <= count; n += 1) {
    const name = header.get(`TTYPE${n}`);
    const card = `TTYPE${n}`;
    const tell = (message: string): void =>
      report(place, { severity: 'warning', card, message, found: String(name ?? 'none') });
    if (typeof name !== 'string' || name.trim() === '') tell(`Column ${n} has no name.`);
    else {
      const before = seen.get(name.trim().toLowerCase());
      if (before !== undefined) tell(`Columns ${before} and ${n} are both named "${name}".`);
      else if (/[^A-Za-z0-9_-]/.test(name.trim())) tell(`The name of column ${n}, "${name}", has odd characters.`);
      seen.set(name.trim().toLowerCase(), n);
    }
  }
}
