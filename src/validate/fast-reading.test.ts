import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource, type Source } from '../storage/index.ts';
import { checkStoreFiles, type Finding } from './index.ts';
import { FIRST_FILE, type StoreEdit, writeEditedStore } from './testing/edited-store.ts';
import { card } from './testing/edits.ts';

/** A store with its first file in some shape; what is found with `fast`, and how much is read of that file. */
async function checkFast(edit: StoreEdit, isOnDisk: boolean): Promise<{ findings: Finding[]; bytesRead: number }> {
  const local = new LocalSource(await writeEditedStore(await tempDirectory(), edit));
  let bytesRead = 0;
  const source: Source = {
    uri: local.uri,
    uriOf: (path) => local.uriOf(path),
    traits: local.traits,
    stat: (path) => local.stat(path),
    list: (path) => local.list(path),
    close: () => local.close(),
    ...(isOnDisk && { diskPath: (path) => local.diskPath(path) }),
    async *read(path, options) {
      for await (const chunk of local.read(path, options)) {
        if (path === FIRST_FILE) bytesRead += chunk.length;
        yield chunk;
      }
    },
  };
  const findings: Finding[] = [];
  await checkStoreFiles(source, 'master.json', {
    fast: true,
    onFinding: (finding) => findings.push(finding),
    onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
  });
  return { findings, bytesRead };
}

const SHARED_FILE = 'data/simulated_irfs.fits';

const zip = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes));

describe('checkStoreFiles() with fast', () => {
  describe.each([
    ['from a disk', true],
    ['over a network', false],
  ])('%s', (_, isOnDisk) => {
    it.each([60, 400, 2000, 20_000])(
      'reads headers of plain files only, whatever is between them: %d events',
      async (events) => {
        const { findings, bytesRead } = await checkFast({ options: { eventsPerObservation: events } }, isOnDisk);
        expect(findings).toEqual([]);
        expect(bytesRead).toBeLessThanOrEqual(2 * 64 * 1024);
      },
    );

    it.each([60, 400, 2000, 20_000])(
      'finds the headers of compressed files, wherever they are: %d events',
      async (events) => {
        const edit = { options: { eventsPerObservation: events }, bytes: { [FIRST_FILE]: zip } };
        expect((await checkFast(edit, isOnDisk)).findings).toEqual([]);
      },
    );

    it.each([60, 2000])(
      'reads on to the effective area where it tells of a missing response: %d events',
      async (events) => {
        for (const change of [undefined, zip]) {
          const edit: StoreEdit = {
            options: { eventsPerObservation: events, withoutHdus: ['psf'], observations: 1 },
            ...(change && { bytes: { [FIRST_FILE]: change } }),
          };
          const { findings } = await checkFast(edit, isOnDisk);
          expect(findings.map(({ code, wanted }) => [code, wanted])).toEqual([['observation-incomplete', 'psf']]);
          const hdus = { AEFF: card('HDUCLAS3', 'POINT-LIKE') };
          expect((await checkFast({ ...edit, hdus }, isOnDisk)).findings).toEqual([]);
        }
      },
    );

    it('reads all of a file of responses, also if it lists no point spread function', async () => {
      const otherClass = (bytes: Uint8Array) => {
        const copy = Buffer.from(bytes);
        copy.write("HDUCLAS4= 'OTHER ", copy.indexOf("HDUCLAS4= 'BKG_3D"), 'latin1');
        return new Uint8Array(copy);
      };
      const edit: StoreEdit = {
        options: { withoutHdus: ['psf'], sharedIrfs: true },
        bytes: { [SHARED_FILE]: otherClass },
      };
      const { findings } = await checkFast(edit, isOnDisk);
      expect(findings.map(({ code }) => code)).toContain('gadf-classes');
    });

    it.each([
      ['plain', (bytes: Uint8Array) => bytes.slice(0, 100_000)],
      ['compressed', (bytes: Uint8Array) => zip(bytes).slice(0, 60_000)],
      ['compressed, and long', (bytes: Uint8Array) => zip(bytes).slice(0, 90_000)],
    ])('tells that a file ends in its event list: %s', async (_shape, cut) => {
      const edit = { options: { eventsPerObservation: 5000 }, bytes: { [FIRST_FILE]: cut } };
      const { findings } = await checkFast(edit, isOnDisk);
      expect(findings.map(({ code }) => code)).toContain('fits-unreadable');
    });
  });
});
