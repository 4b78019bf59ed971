import type { FileFacts } from '../facts.ts';
import type { Repair } from '../finding.ts';
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
    file: (file, report) => {
      const { role, place, path, info, twins, elsewhere, index, listed } = file;
      if (info !== undefined || twins.length > 0) return;
      const [first] = listed;
      const who =
        role === 'index' ? 'The master index' : `Row ${(first?.row ?? 0) + 1} of the HDU index (OBS_ID ${first?.id})`;
      const hint = elsewhere === undefined ? '' : `; "${elsewhere}" does, which BASE_DIR means on this machine`;
      report(
        { ...place, ...(listed.length > 0 && { obsId: first?.id }) },
        {
          message: `${who} names "${path}", which does not exist${hint}.`,
          found: `no file "${place.uri}"`,
          wanted: 'a file',
          ...(index !== undefined && first !== undefined && { row: first.row + 1, column: 'FILE_NAME' }),
          ...foundElsewhere(file),
        },
      );
    },
  },
  repairs: 'The path becomes that of the file that an absolute BASE_DIR means, if it is in the store.',
};

function foundElsewhere({ elsewhere: value, index, listed, path: found }: FileFacts): { repair?: Repair } {
  if (value === undefined || index === undefined) return {};
  return { repair: { at: index, kind: 'set-paths', paths: listed.map(({ row }) => ({ row: row + 1, found, value })) } };
}
