import { execFileSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, program } from '../../test/support/require.ts';
import { readRows, simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { checkStore } from './check-store.ts';
import { indexStore } from './index-store/index.ts';
import { listStore } from './list-store.ts';
import { openStore } from './open-store.ts';

const REMEDY = /compressed in tiles \(ZTABLE\).*funpack/;

/** Compresses the tables of a file in its place. */
async function pack(file: string): Promise<void> {
  execFileSync('fpack', ['-table', file], { stdio: 'ignore' });
  await rename(`${file}.fz`, file);
}

const SIMULATED = { observations: 2, gzip: false, eventsPerObservation: 5000 } as const;

describe('tables that fpack has compressed', () => {
  itNeeds(program('fpack'))('are not listed by an index, which says so', async () => {
    const store = await simulatedStore(await tempDirectory(), SIMULATED);
    const [packed = 0, other] = store.ids;
    const file = store.fileOf(packed).replace(/\.gz$/, '');
    await pack(join(store.directory, file));
    for (const existing of ['replace', 'update'] as const) {
      const { problems } = await indexStore({ directory: store.directory, existing, program: 'test' });
      expect(problems).toEqual([expect.stringMatching(REMEDY)]);
      expect(problems[0]).toContain(file);
      const rows = await readRows(join(store.directory, 'obs-index.fits'));
      expect(rows.map(({ OBS_ID }) => OBS_ID)).toEqual([other]);
    }
  });

  itNeeds(program('fpack'))('are no index, and the remedy is named', async () => {
    const store = await simulatedStore(await tempDirectory(), { ...SIMULATED, observations: 200 });
    await pack(join(store.directory, 'hdu-index.fits'));
    const messages: string[] = [];
    await checkStore(store.directory, {
      fast: true,
      only: ['index-table'],
      onFinding: ({ message }) => messages.push(message),
      onFailure: ({ message }) => expect.fail(message),
    });
    expect(messages).toEqual([expect.stringMatching(REMEDY)]);
    const [listing] = await listStore(await openStore(store.directory), { withSize: false });
    expect(listing?.problems).toEqual([expect.stringMatching(REMEDY)]);
  });
});
