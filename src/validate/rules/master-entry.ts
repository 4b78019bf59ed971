import { posix } from 'node:path';
import { pathInside } from '../index-rows.ts';
import { indexPathOf } from '../read-dataset.ts';
import type { Rule } from '../rule.ts';

export const masterEntry: Rule = {
  code: 'master-entry',
  severity: 'error',
  title: 'An entry of the master index lacks its name or index files, or its name stands there twice.',
  detail:
    'Each entry needs "name", "hduindx" and "obsindx"; the two paths are relative and stay inside of the store. ' +
    'A master index without any dataset is a warning.',
  clause: 'GADF v0.1 data storage, master index',
  checks: {
    store: ({ place, master, roots }, report) => {
      const datasets = master?.datasets ?? [];
      if (master !== undefined && datasets.length === 0) {
        report(place, { severity: 'warning', message: 'The master index lists no dataset.' });
      }
      const names = new Set<string>();
      for (const [position, entry] of datasets.entries()) {
        const label = entry.name === undefined ? `Entry ${position + 1}` : `Dataset "${entry.name}"`;
        for (const key of ['name', 'hduindx', 'obsindx'] as const) {
          if (entry[key]) continue;
          report(place, { card: key, message: `${label} of the master index has no "${key}".`, wanted: 'a text' });
        }
        for (const key of ['hduindx', 'obsindx'] as const) {
          if (!entry[key] || indexPathOf(entry, key) !== undefined) continue;
          const message = `${label} names an index file outside of the store: "${entry[key]}".`;
          const found = entry[key];
          const value = pathInside(roots, posix.normalize(found));
          report(place, {
            card: key,
            message,
            found,
            wanted: 'a relative path that stays in the store',
            ...(value !== undefined && { repair: { kind: 'set-master', entry: position, key, found, value } }),
          });
        }
        if (entry.name === undefined) continue;
        if (names.has(entry.name)) {
          report(place, { card: 'name', message: `Two datasets are named "${entry.name}".`, wanted: 'unique names' });
        }
        names.add(entry.name);
      }
    },
  },
  repairs: 'An absolute path into the folder of the store becomes relative.',
};
