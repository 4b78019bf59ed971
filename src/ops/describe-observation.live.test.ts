import { execFileSync } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, program } from '../../test/support/require.ts';
import { simulatedStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { describeObservation } from './describe-observation.ts';
import { openStore } from './open-store.ts';

describe('describeObservation()', () => {
  itNeeds(program('fpack'))('says once of a file with compressed tables that funpack expands it', async () => {
    const store = await simulatedStore(await tempDirectory(), {
      observations: 1,
      gzip: false,
      eventsPerObservation: 5000,
    });
    const [id = 0] = store.ids;
    const file = join(store.directory, store.fileOf(id).replace(/\.gz$/, ''));
    execFileSync('fpack', ['-table', file], { stdio: 'ignore' });
    await rename(`${file}.fz`, file);
    const { problems, hdus, events } = await describeObservation(
      await openStore(store.master),
      store.dataset,
      String(id),
    );
    expect(problems).toEqual([
      `Tables of "${file}" are compressed in tiles (ZTABLE), which programs for GADF do not expand; funpack does.`,
    ]);
    expect(events).toBeUndefined();
    expect(hdus[0]?.content?.shape).toMatch(/^[1-9]\d* rows x 7 columns, compressed$/);
    expect(hdus[2]?.content?.shape).toBe('1 row x 5 columns, compressed');
  });
});
