import { isNamedHdu } from '../../gadf/index.ts';
import { classByColumns } from '../class-by-columns.ts';
import type { HduFacts, ListedHdu } from '../facts.ts';
import type { Repair } from '../finding.ts';
import { formatOfClass } from '../formats/index.ts';
import type { Rule } from '../rule.ts';

export const hduMissing: Rule = {
  code: 'hdu-missing',
  severity: 'error',
  title: 'A file has no HDU of the name that the index gives.',
  detail:
    'HDU_NAME is the EXTNAME of the HDU, in any case, or its number in the file; PRIMARY is the first one, too. Files that ' +
    'end too early are told by fits-unreadable.',
  clause: 'GADF v0.3 hdu-index',
  checks: {
    file: ({ place, listed, hdus, complete }, report) => {
      if (!complete) return;
      const names = [...new Set(listed.map(({ hduName }) => hduName))];
      for (const name of names) {
        if (name !== '' && hdus.some((hdu) => isNamedHdu(hdu, name))) continue;
        const rows = listed.filter(({ hduName }) => hduName === name);
        const [first] = rows;
        const there = hdus.slice(1).map((hdu) => `"${hdu.name}"`);
        report(
          { ...place, ...(rows.length === 1 && { obsId: first?.id }) },
          {
            message:
              name === ''
                ? 'The HDU index gives no HDU_NAME for this file.'
                : `There is no HDU "${name}" in this file, which the HDU index names.`,
            column: 'HDU_NAME',
            row: (first?.row ?? 0) + 1,
            ...(rows.length > 1 && { count: rows.length }),
            found: there.length === 0 ? 'no extension' : there.join(', '),
            wanted: `"${name}"`,
            ...nameOf(rows, hdus),
          },
        );
      }
    },
  },
  repairs:
    'EXTNAME is added to the one HDU that has none, if its columns make it of the HDU_CLASS that the index gives, and no ' +
    'other HDU of the file is of that class.',
};

/** Gives a name that is missed to the HDU without name that must be meant. */
function nameOf(rows: readonly ListedHdu[], hdus: readonly HduFacts[]): { repair?: Repair } {
  const [first] = rows;
  const hduClass = formatOfClass(first?.hduClass ?? '')?.hduClass;
  const value = first?.hduName ?? '';
  if (hduClass === undefined || value === '' || /^\d+$/.test(value)) return {};
  if (rows.some((row) => formatOfClass(row.hduClass)?.hduClass !== hduClass)) return {};
  const [hdu, ...others] = hdus.filter((each) => classByColumns(each) === hduClass);
  if (hdu === undefined || others.length > 0 || hdu.name !== '') return {};
  return { repair: { at: hdu.place, kind: 'set-cards', cards: [{ keyword: 'EXTNAME', found: null, value }] } };
}
