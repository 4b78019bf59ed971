import type { Rule } from '../rule.ts';

export const pathCase: Rule = {
  code: 'path-case',
  severity: 'error',
  title: 'A file is there under a name that differs in case.',
  detail: 'Such a store works on file systems that ignore case, and on no other.',
  clause: 'GADF v0.3 hdu-index',
  checks: {
    file: ({ place, path, twin, listed }, report) => {
      if (twin === undefined) return;
      const row = listed[0]?.row;
      report(
        { ...place, ...(listed.length > 0 && { obsId: listed[0]?.id }) },
        {
          message: `The index names "${path}", but the file is called "${twin}".`,
          found: path,
          wanted: twin,
          ...(row !== undefined && { row: row + 1, column: 'FILE_NAME' }),
        },
      );
    },
  },
};
