import type { ListedHdu } from '../facts.ts';
import type { Place, Repair } from '../finding.ts';
import type { Rule } from '../rule.ts';
import { isSound } from '../sound-file.ts';

export const fileMd5: Rule = {
  code: 'file-md5',
  severity: 'error',
  title: 'A file is not the one that the HDU index was made of: its MD5 is another.',
  detail: 'The MD5 of the bytes of the file, compressed as it is, in hexadecimal digits of any case. Not with --fast.',
  clause: 'GADF v0.3 hdu-index, MD5',
  checks: {
    file: (file, report) => {
      const { place, md5, listed, path, index } = file;
      if (md5 === undefined || (place.uri.endsWith('.gz') && !path.endsWith('.gz'))) return;
      const wrong = listed.filter((each) => each.md5 !== '' && each.md5.toLowerCase() !== md5);
      const [first] = wrong;
      if (first === undefined) return;
      report(
        { ...place, ...(wrong.length === 1 && { obsId: first.id }) },
        {
          message: 'The MD5 of this file is not the one in the HDU index: file or index was changed since.',
          column: 'MD5',
          row: first.row + 1,
          ...(wrong.length > 1 && { count: wrong.length, rows: wrong.slice(0, 5).map(({ row }) => row + 1) }),
          found: md5,
          wanted: first.md5,
          ...(index !== undefined && isSound(file) && { repair: setDigests(index, wrong, md5) }),
        },
      );
    },
  },
  repairs:
    'MD5 becomes that of the file, if the file can be read to its end and none of its checksums tells of damaged data.',
};

function setDigests(at: Place, rows: readonly ListedHdu[], value: string): Repair {
  const cells = rows.map(({ row, md5 }) => ({ row: row + 1, found: md5, value }));
  return { at, kind: 'set-cells', column: 'MD5', cells };
}
