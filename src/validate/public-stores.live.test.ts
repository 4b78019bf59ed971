import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { itNeeds, sharedStore } from '../../test/support/require.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles, type Finding } from './index.ts';

const PAGE = readFileSync(
  fileURLToPath(new URL('../../docs/reference/findings-on-public-stores.md', import.meta.url)),
  'utf8',
);

/** Numbers of findings by severity, rule and place, as the page has them. */
function listed(store: string): Record<string, number> {
  const section = PAGE.split('\n## ').find((part) => part.startsWith(`${store}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| (\w+) +\| `([a-z0-9-]+)` +\| (.*?) +\| (\d+) +\|/gm)];
  return Object.fromEntries(
    rows.map(([, severity, code, place, count]) => [`${severity} ${code} ${place}`, Number(count)]),
  );
}

function keyOf({ severity, code, hdu, column, card }: Finding): string {
  return [severity, code, hdu?.name, column ?? card].filter((part) => part !== undefined && part !== '').join(' ');
}

describe('public stores', () => {
  for (const name of ['hess_dl3_dr1', 'minimal', 'cta-1dc', 'unit-test']) {
    const store = sharedStore(name);
    itNeeds(store)(`have the findings that the documentation explains: ${name}`, async () => {
      const found: Record<string, number> = {};
      const failures: string[] = [];
      await checkStoreFiles(new LocalSource(store.path), 'master.json', {
        onFinding: (finding) => {
          found[keyOf(finding)] = (found[keyOf(finding)] ?? 0) + 1;
        },
        onFailure: ({ code, message }) => failures.push(`${code}: ${message}`),
      });
      expect(failures).toEqual([]);
      expect(found).toEqual(listed(name));
    });
  }
});
