import { COMPRESSED_IN_TILES, isCompressedTable } from '../../fits/index.ts';
import type { Rule } from '../rule.ts';

const TEXT = {
  hdu: ['HDU index', 'OBS_ID and FILE_NAME', 'HDU_INDEX'],
  obs: ['observation index', 'OBS_ID', 'OBS_INDEX'],
} as const;

export const indexTable: Rule = {
  code: 'index-table',
  severity: 'error',
  title: 'An index file holds no index table, or the table has another name than is suggested.',
  detail:
    'A table is taken for an HDU index if it has the columns OBS_ID and FILE_NAME, and for an observation index if it has ' +
    'OBS_ID, and is not compressed in tiles. Names other than HDU_INDEX and OBS_INDEX are a note.',
  clause: 'GADF v0.3 hdu-index, obs-index',
  checks: {
    dataset: ({ hduIndex, obsIndex, indexFiles }, report) => {
      for (const [kind, index, file] of [
        ['hdu', hduIndex, indexFiles.hdu],
        ['obs', obsIndex, indexFiles.obs],
      ] as const) {
        const [what, columns, name] = TEXT[kind];
        if (index === undefined) {
          // Files that are missing, or cannot be read to their end, are told by other rules.
          if (file === undefined || !file.complete) continue;
          const isHidden = file.hdus.some(({ header }) => isCompressedTable(header));
          const why = isHidden ? `: a table is ${COMPRESSED_IN_TILES}` : '';
          const message = `No ${what} can be read from this file${why}.`;
          report(file.place, { message, wanted: `a table with ${columns}` });
        } else if (index.place.hdu?.name.toUpperCase() !== name) {
          const found = index.place.hdu?.name ?? '';
          const message = `The ${what} is named "${found}"; "${name}" is suggested.`;
          const isFree = !index.file.hdus.some((hdu) => hdu.name.toUpperCase() === name);
          const cards = [{ keyword: 'EXTNAME', found: null, value: name }];
          report(index.place, {
            severity: 'note',
            card: 'EXTNAME',
            message,
            found,
            wanted: name,
            ...(found === '' && isFree && { repair: { kind: 'set-cards', cards } }),
          });
        }
      }
    },
  },
  repairs: 'A table without EXTNAME gets the one that is suggested.',
};
