import type { DatasetFacts, FileFacts } from '../facts.ts';
import type { Repair, Report } from '../finding.ts';
import type { Rule } from '../rule.ts';

export const pathCase: Rule = {
  code: 'path-case',
  severity: 'error',
  title: 'A file is there under a name that differs in case.',
  detail: 'Such a store works on file systems that ignore case, and on no other.',
  clause: 'GADF v0.3 hdu-index',
  checks: {
    dataset: (dataset, report) => {
      for (const [key, file] of [
        ['hduindx', dataset.indexFiles.hdu],
        ['obsindx', dataset.indexFiles.obs],
      ] as const) {
        if (file !== undefined) tell(file, { card: key, ...masterRepair(dataset, key, file) }, report);
      }
    },
    file: (file, report) => {
      if (file.role === 'index') return;
      const row = file.listed[0]?.row;
      tell(file, { ...(row !== undefined && { row: row + 1, column: 'FILE_NAME' }), ...rowRepair(file) }, report);
    },
  },
  repairs: 'The path becomes that of the file, if one file only fits.',
};

function tell(file: FileFacts, detail: Omit<Parameters<Report>[1], 'message'>, report: Report): void {
  const { place, path, twins, listed } = file;
  const [twin] = twins;
  if (twin === undefined) return;
  report(
    { ...place, ...(listed.length > 0 && { obsId: listed[0]?.id }) },
    {
      message: `The index names "${path}", but the file is called "${twin}".`,
      found: path,
      wanted: twin,
      ...detail,
    },
  );
}

function masterRepair(
  { position, entry, place: at }: DatasetFacts,
  key: 'hduindx' | 'obsindx',
  file: FileFacts,
): { repair?: Repair } {
  const value = onlyTwin(file);
  const found = entry[key] ?? '';
  return value === undefined ? {} : { repair: { at, kind: 'set-master', entry: position, key, found, value } };
}

function rowRepair(file: FileFacts): { repair?: Repair } {
  const value = onlyTwin(file);
  if (value === undefined || file.index === undefined) return {};
  const paths = file.listed.map(({ row }) => ({ row: row + 1, found: file.path, value }));
  return { repair: { at: file.index, kind: 'set-paths', paths } };
}

/** The path that must be meant; a plain name may mean a compressed file. */
function onlyTwin({ twins, path }: FileFacts): string | undefined {
  const [twin, another] = twins;
  if (twin === undefined || another !== undefined) return undefined;
  return twin.length === path.length ? twin : twin.slice(0, path.length);
}
