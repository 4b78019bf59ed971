import { chmod, readFile, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import { buildTable } from '../../fits/index.ts';
import { CATALOGUE } from '../../validate/index.ts';
import { CASES } from '../../validate/testing/cases/index.ts';
import { FIRST_FILE, type StoreEdit } from '../../validate/testing/edited-store.ts';
import { all, card, cell, columns, withoutCard } from '../../validate/testing/edits.ts';
import { editTable } from './testing/edit-table.ts';
import { changesOf, findingsOf, fix, plan } from './testing/fix.ts';
import { changedData, contents, dataOf, editMaster, filesBelow, indexed, TELAPSE, written } from './testing/stores.ts';

const GTI_BACKWARDS = (START: number) =>
  columns(
    ({ columns: specs }) => buildTable({ name: '', columns: specs }),
    [
      { name: 'START', form: '1D', unit: 's', values: [START + 840, START] },
      { name: 'STOP', form: '1D', unit: 's', values: [START + 1680, START + 840] },
    ],
  );

/** Faults, what a repair changes, and the HDUs whose data may differ then. */
const REPAIRS: readonly (readonly [code: string, edit: StoreEdit, changes: readonly RegExp[], data?: RegExp])[] = [
  ['telapse', TELAPSE, [/\[EVENTS\] card TELAPSE: 0 -> 1680$/]],
  [
    'gadf-keywords',
    { hdus: { GTI: withoutCard('HDUCLASS', 'HDUDOC', 'HDUVERS', 'HDUCLAS1') } },
    [/\[GTI\] card HDUCLASS: null -> GADF/, /HDUDOC: null -> http/, /HDUVERS: null -> 0/, /HDUCLAS1: null -> GTI/],
  ],
  [
    'gadf-keywords',
    { hdus: { AEFF: withoutCard('HDUCLAS1', 'HDUCLAS2', 'HDUCLAS4') } },
    [/HDUCLAS1: null -> RESPONSE/, /HDUCLAS2: null -> EFF_AREA/, /HDUCLAS4: null -> AEFF_2D/],
  ],
  [
    'gadf-keywords',
    { hdus: { GTI: all(card('HDUVERS', ' '), card('HDUCLAS1', undefined)) } },
    [/HDUVERS: {2}-> 0/, /HDUCLAS1: null -> GTI/],
  ],
  ['gadf-keywords', { hdus: { OBS_INDEX: withoutCard('HDUCLAS1', 'HDUCLAS2') } }, [/-> INDEX/, /-> OBS$/]],
  ['gadf-classes', { hdus: { AEFF: card('HDUCLAS4', '2D') } }, [/\[AEFF\] card HDUCLAS4: 2D -> AEFF_2D/]],
  ['hdu-missing', { hdus: { EVENTS: withoutCard('EXTNAME') } }, [/fits\[1\] card EXTNAME: null -> EVENTS/]],
  [
    'index-table',
    { hdus: { HDU_INDEX: withoutCard('EXTNAME') } },
    [/hdu-index.fits\[1\] card EXTNAME: null -> HDU_INDEX/],
  ],
  [
    'event-count',
    { hdus: { OBS_INDEX: cell('EVENT_COUNT', (count) => count + 1) } },
    [/obs-index.fits\[OBS_INDEX\] 1 cell EVENT_COUNT: \d+ -> \d+/],
    /OBS_INDEX/,
  ],
  ['gti-intervals', { hdus: { GTI: GTI_BACKWARDS(118693884) } }, [/\[GTI\] order START/], /GTI/],
  ['fits-checksum', { keepChecksums: true, hdus: { BKG: card('ORIGIN', 'me') } }, [/\[BKG\] checksum CHECKSUM/]],
  [
    'path-case',
    { moved: { [FIRST_FILE]: 'Data/Simulated_obs_id_100001.fits' } },
    [1, 2, 3, 4, 5, 6].map((row) => new RegExp(`\\[HDU_INDEX\\] ${row} path .* -> Data/Simulated_obs_id_100001.fits`)),
    /HDU_INDEX/,
  ],
  [
    'path-case',
    { moved: { 'obs-index.fits': 'Obs-index.fits' } },
    [/master.json master obsindx: .* -> Obs-index.fits/],
  ],
  [
    'master-totals',
    {
      master: ({ datasets: [first] }) => ({
        datasets: [{ ...first, 'Total observations': 3, 'Total events': 1, 'Total time': '2.0 hours' }],
      }),
    },
    [/Total observations: 3 -> 2/, /Total events: 1 -> \d\d\d/, /Total time: 2 hours -> 0.9 hours/],
  ],
];

describe('applyFix()', () => {
  it.each(REPAIRS.map(([code, edit, wanted, data]) => ({ code, edit, wanted, data })))(
    'repairs $code $edit, changes no other data, and does nothing the second time',
    async ({ code, edit, wanted, data }) => {
      for (const gzip of [false, true]) {
        const store = await written(edit);
        if (gzip) for (const path of await filesBelow(store)) await compress(join(store, path));
        const [before, hadData] = [await findingsOf(store), await dataOf(store)];
        expect(before.map((finding) => finding.code)).toContain(code);
        const done = await fix(store);
        expect(done.refused).toEqual([]);
        const lines = changesOf(done);
        expect(lines).toHaveLength(wanted.length);
        for (const [position, pattern] of wanted.entries()) expect(lines[position]).toMatch(pattern);
        const after = await findingsOf(store);
        expect(after.filter((finding) => finding.code === code)).toEqual([]);
        const changed = changedData(hadData, await dataOf(store));
        if (data === undefined) expect(changed.filter((key) => !key.includes('[1 ]'))).toEqual([]);
        else expect([changed.length, changed.join()]).toEqual([1, expect.stringMatching(data)]);
        const again = await fix(store);
        expect([changesOf(again), again.result]).toEqual([[], { files: 0, changes: 0, backup: undefined }]);
      }
    },
  );

  it.each(CASES.map((each) => [each.code, each.fault, each] as const))(
    'leaves nothing behind of %s (%s) that can be repaired, and makes no new fault',
    async (_, __, { edit }) => {
      const store = await written(edit);
      const [before, hadData] = [await findingsOf(store), await dataOf(store)];
      await fix(store);
      const after = await findingsOf(store);
      expect(after.filter(({ repair }) => repair !== undefined)).toEqual([]);
      const known = new Set(before.map(({ code, message }) => code + message));
      expect(after.filter(({ code, message }) => !known.has(code + message))).toEqual([]);
      expect(changedData(hadData, await dataOf(store)).filter((key) => !/_INDEX\]|GTI\]/.test(key))).toEqual([]);
    },
  );

  it('says of every rule whether it repairs: those that do, and no others', async () => {
    const repairing = new Set([
      'master-entry',
      'path-outside',
      'file-missing',
      'file-size',
      'file-md5',
      ...REPAIRS.map(([code]) => code),
    ]);
    expect(
      CATALOGUE.filter(({ repairs }) => repairs !== undefined)
        .map(({ code }) => code)
        .sort(),
    ).toEqual([...repairing].sort());
  });

  it('makes absolute paths into the store relative, also those of the master index, and empties an absolute BASE_DIR', async () => {
    for (const base of [false, true]) {
      const store = await written({ options: { indexDir: 'index/a' } });
      const index = join(store, 'index/a/hdu-index.fits');
      const paths = Array.from({ length: 12 }, (_, row) => `data/simulated_obs_id_10000${row < 6 ? 1 : 2}.fits`);
      await editHduIndex(index, base ? { BASE_DIR: store } : {}, (row) =>
        base ? dirname(paths[row] ?? '') : dirname(join(store, paths[row] ?? '')),
      );
      await editMaster(store, (entry) => ({ ...entry, hduindx: index }));
      expect((await findingsOf(store)).map(({ code }) => code)).toContain('master-entry');
      await fix(store);
      const codes = new Set((await findingsOf(store)).map(({ code }) => code));
      expect([...codes]).toEqual(base ? ['path-outside', 'file-missing'] : ['path-outside']);
      await fix(store);
      expect(await findingsOf(store)).toEqual([]);
      const moved = join(await tempDirectory(), 'elsewhere');
      await rename(store, moved);
      expect(await findingsOf(moved)).toEqual([]);
    }
  });

  it('leaves absolute paths alone that lead to no file', async () => {
    const store = await written({});
    await editHduIndex(join(store, 'hdu-index.fits'), {}, (row) => (row === 0 ? join(store, 'gone') : 'data'));
    const { refused, files } = await plan(store);
    expect(files).toEqual([]);
    expect(refused).toEqual([
      { path: 'hdu-index.fits', changes: 1, reason: expect.stringContaining('not in the store') },
    ]);
  });

  it('brings SIZE and MD5 of the HDU index up to date, for files that it has changed and for others', async () => {
    const store = await indexed();
    await fix(store);
    expect(await findingsOf(store)).toEqual([]);
    const other = join(store, 'data/simulated_obs_id_100002.fits');
    await writeFile(other, Buffer.concat([await readFile(other), Buffer.alloc(2880)]));
    expect((await findingsOf(store)).map(({ code }) => code).sort()).toEqual([
      'file-md5',
      'file-size',
      'fits-trailing-bytes',
    ]);
    await fix(store);
    expect((await findingsOf(store)).map(({ code }) => code)).toEqual(['fits-trailing-bytes']);
  });

  it.each([
    ['empty', () => new Uint8Array(0)],
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, -2880)],
    ['damaged, and longer', (bytes: Uint8Array) => Buffer.concat([bytes.with(-4000, 255), Buffer.alloc(2880)])],
  ])('leaves the SIZE and MD5 that a file should have, which is %s', async (_, damage) => {
    const store = await indexed({});
    const path = join(store, FIRST_FILE);
    await writeFile(path, damage(new Uint8Array(await readFile(path))));
    const codes = (await findingsOf(store)).map(({ code }) => code);
    expect(codes).toContain('file-size');
    for (const fast of [false, true]) expect(changesOf(await plan(store, { fast }))).toEqual([]);
  });

  it('leaves the SIZE of a damaged file that --fast reads to its end, as an HDU is not found in it', async () => {
    const store = await indexed({});
    const path = join(store, FIRST_FILE);
    const bytes = await readFile(path);
    bytes.write('XXX', bytes.indexOf("EXTNAME = 'GTI") + 11, 'latin1');
    const longer = (content: Uint8Array) => writeFile(path, Buffer.concat([content, Buffer.alloc(2880)]));
    const sizes = async (fast: boolean) => changesOf(await plan(store, { fast, only: ['file-size'] })).length;
    await longer(bytes);
    expect([await sizes(false), await sizes(true)]).toEqual([6, 0]);
    await longer(bytes.with(-4000, 255));
    expect([await sizes(false), await sizes(true)]).toEqual([0, 0]);
  });

  it('leaves an MD5 alone that was wrong before and whose rule is left out', async () => {
    const store = await indexed({});
    const path = join(store, FIRST_FILE);
    const bytes = await readFile(path);
    bytes.write('x', bytes.indexOf('TELAPSE =') + 60, 'latin1');
    await writeFile(path, bytes);
    await fix(store, { ignore: ['file-md5', 'file-size'] });
    expect((await findingsOf(store)).map(({ code }) => code)).toEqual(['file-md5']);
  });

  it('repairs only what the rules find that were asked for', async () => {
    const store = await written({ hdus: { EVENTS: card('TELAPSE', 0), AEFF: card('HDUCLAS4', '2D') } });
    expect(changesOf(await plan(store, { only: ['gadf-classes'] }))).toEqual([expect.stringContaining('HDUCLAS4')]);
    expect(changesOf(await plan(store, { ignore: ['gadf-classes'] }))).toEqual([expect.stringContaining('TELAPSE')]);
    expect(changesOf(await plan(store, { fast: true }))).toEqual([expect.stringContaining('TELAPSE')]);
  });

  it('does not make checksums right that tell of damaged data', async () => {
    const flip = (bytes: Uint8Array): Uint8Array =>
      bytes.map((byte, i) => (i === bytes.length - 4000 ? byte ^ 1 : byte));
    const store = await written({ ...TELAPSE, bytes: { [FIRST_FILE]: flip } });
    const before = await contents(store);
    const { refused, result } = await fix(store);
    expect(refused).toEqual([{ path: FIRST_FILE, changes: 1, reason: expect.stringContaining('DATASUM of HDU') }]);
    expect([result.files, await contents(store)]).toEqual([0, before]);
    const withoutSum = await written({
      keepChecksums: true,
      hdus: { BKG: all(withoutCard('DATASUM'), card('ORIGIN', 'me')) },
    });
    expect(changesOf(await plan(withoutSum))).toEqual([]);
  });

  it('keeps mode and bytes behind the last HDU, and gives a new time', async () => {
    const store = await written({
      ...TELAPSE,
      bytes: { [FIRST_FILE]: (bytes) => new Uint8Array(Buffer.concat([bytes, Buffer.alloc(2880, 'x')])) },
    });
    const path = join(store, FIRST_FILE);
    await chmod(path, 0o640);
    await utimes(path, 1e9, 1e9);
    await fix(store);
    expect((await readFile(path)).subarray(-2880).toString()).toBe('x'.repeat(2880));
    const { mode, mtimeMs } = await stat(path);
    expect([mode & 0o777, mtimeMs > 1e12]).toEqual([0o640, true]);
  });
});

async function compress(path: string): Promise<void> {
  if (path.endsWith('.fits')) await writeFile(path, gzipSync(await readFile(path)));
}

/** Gives an HDU index other cards, and a FILE_DIR that has room. */
async function editHduIndex(path: string, cards: Record<string, string>, dir: (row: number) => string): Promise<void> {
  await editTable(path, 'HDU_INDEX', cards, 'FILE_DIR', dir);
}
