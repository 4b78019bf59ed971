import type { Rule } from '../rule.ts';

export const masterJson: Rule = {
  code: 'master-json',
  severity: 'error',
  title: 'The master index cannot be read.',
  detail: 'It must be JSON: an object with a list "datasets" of objects.',
  clause: 'GADF v0.1 data storage, master index',
  checks: {
    store: ({ place, masterFault }, report) => {
      if (masterFault !== undefined) report(place, { message: masterFault, wanted: '{ "datasets": [ … ] }' });
    },
  },
};
