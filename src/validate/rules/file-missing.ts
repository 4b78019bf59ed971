import type { Rule } from '../rule.ts';

export const fileMissing: Rule = {
  code: 'file-missing',
  severity: 'error',
  title: 'A file that an index names does not exist.',
  detail:
    'Looked for under its name and, as CFITSIO does, with ".gz" behind it. A file whose name differs in case only is ' +
    'told by path-case instead.',
  clause: 'GADF v0.3 hdu-index',
  checks: {
    file: ({ role, place, path, info, twins, index, listed }, report) => {
      if (info !== undefined || twins.length > 0) return;
      const [first] = listed;
      const who =
        role === 'index' ? 'The master index' : `Row ${(first?.row ?? 0) + 1} of the HDU index (OBS_ID ${first?.id})`;
      report(
        { ...place, ...(listed.length > 0 && { obsId: first?.id }) },
        {
          message: `${who} names "${path}", which does not exist.`,
          found: `no file "${place.uri}"`,
          wanted: 'a file',
          ...(index !== undefined && first !== undefined && { row: first.row + 1, column: 'FILE_NAME' }),
        },
      );
    },
  },
};
