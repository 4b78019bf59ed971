import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copy } from '../../../test/support/copy.ts';
import { readRows, readTables, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import {
  BinTable,
  type Header,
  primaryHeader,
  readFits,
  replaceColumns,
  setChecksum,
  writeFits,
} from '../../fits/index.ts';
import { FIRST_FILE, type StoreEdit } from '../../validate/testing/edited-store.ts';
import { all, card, withoutCard } from '../../validate/testing/edits.ts';
import { editTable } from './testing/edit-table.ts';
import { changesOf, findingsOf, fix, plan } from './testing/fix.ts';
import { contents, indexed, written } from './testing/stores.ts';

describe('paths of an HDU index', () => {
  const moved = { moved: { [FIRST_FILE]: 'Data/simulated_obs_id_100001.fits' } };

  it('become whole paths in FILE_NAME where there is no FILE_DIR', async () => {
    const store = await written({ ...moved, options: { indexDir: 'index' } });
    const path = join(store, 'index', INDEX);
    const [table] = await readTables(path);
    await writeTables(path, [withoutFolders(table as BinTable)]);
    expect((await findingsOf(store)).map(({ code }) => code)).toEqual(['gadf-columns', 'path-case']);
    await fix(store);
    expect((await findingsOf(store)).map(({ code }) => code)).toEqual(['gadf-columns']);
    const [first] = await readRows(path);
    expect(first?.['FILE_NAME']).toBe('../Data/simulated_obs_id_100001.fits');
  });

  it.each(['$GAMMAPY_DATA/dl3', '~/dl3', '/fefs/dl3'])(
    'count from the folder of the index where BASE_DIR is %j',
    async (base) => {
      for (const only of [['path-case'], ['path-case', 'path-outside']]) {
        const store = await written({ ...moved, hdus: { HDU_INDEX: card('BASE_DIR', base) } });
        await fix(store, { only });
        const [first] = await readRows(join(store, INDEX));
        expect([first?.['FILE_DIR'], first?.['FILE_NAME']]).toEqual(['Data', 'simulated_obs_id_100001.fits']);
        const left = only.includes('path-outside') ? [] : ['path-outside'];
        expect((await findingsOf(store)).map(({ code }) => code)).toEqual(left);
      }
    },
  );

  it('stay as they are where an absolute BASE_DIR becomes empty, also if a file is missing', async () => {
    const store = await written({
      hdus: { HDU_INDEX: card('BASE_DIR', '/fefs/dl3') },
      bytes: { [FIRST_FILE]: () => undefined },
    });
    const planned = await fix(store);
    expect(changesOf(planned)).toEqual([`${INDEX}[HDU_INDEX] card BASE_DIR: /fefs/dl3 -> `]);
    expect((await findingsOf(store)).map(({ code }) => code)).toEqual(['file-missing']);
  });

  it('become those that an absolute BASE_DIR in the store means, where files are missing without it', async () => {
    const store = await written({ options: { indexDir: 'index' } });
    const path = join(store, 'index', INDEX);
    await editTable(path, 'HDU_INDEX', { BASE_DIR: store }, 'FILE_DIR', () => 'data');
    const findings = await findingsOf(store);
    expect(findings.map(({ code }) => code)).toEqual(['path-outside', 'file-missing', 'file-missing']);
    expect(findings[1]?.message).toMatch(
      /"index\/data\/.*", which does not exist; "data\/.*" does, which BASE_DIR means/,
    );
    expect(await pathsNotCopied(store)).toEqual(FILES.map((file) => `index/${file}`));
    await fix(store);
    expect(await findingsOf(store)).toEqual([]);
    expect(await pathsNotCopied(store)).toEqual([]);
  });
});

const FILES = [FIRST_FILE, 'data/simulated_obs_id_100002.fits'];

async function pathsNotCopied(store: string): Promise<string[]> {
  const to = join(await tempDirectory(), 'copy');
  const from = { directory: store, master: join(store, 'master.json'), dataset: 'simulated' };
  const { failed } = await copy({ ...from, ids: [], fileOf: String }, to);
  return failed.map(({ path }) => path).sort();
}

/** An HDU index without FILE_DIR, whose FILE_NAME has what stood there. */
function withoutFolders(table: BinTable): BinTable {
  const [dirs, names] = [table.read('FILE_DIR'), table.read('FILE_NAME')];
  const values = Array.from({ length: table.rowCount }, (_, row) =>
    dirs.kind === 'string' && names.kind === 'string' ? `${dirs.get(row)}/${names.get(row)}` : '',
  );
  const renamed = replaceColumns(table, [{ name: 'FILE_NAME', form: '60A', values }]);
  renamed.header.set(`TTYPE${(renamed.column('FILE_DIR')?.index ?? 0) + 1}`, 'FOLDER');
  return new BinTable(renamed.header, renamed.rows, renamed.heap, renamed.uri);
}

const DIGEST_RULES = { only: ['file-md5', 'file-size', 'telapse'] };
const INDEX = 'hdu-index.fits';

describe('the HDU index of a repaired file', () => {
  it('follows the file also where its own repair is refused', async () => {
    const store = await indexed();
    await editBytes(join(store, INDEX), (bytes) => {
      // Twice the same keyword, without a value: nobody knows which of them is to get one.
      for (const keyword of ['HDUCLAS1', 'HDUCLAS2']) {
        bytes.write("HDUCLAS1= ''".padEnd(80), bytes.indexOf(`${keyword}=`), 'latin1');
      }
    });
    const { refused, result } = await fix(store, { only: ['telapse', 'gadf-keywords'] });
    const reason = expect.stringContaining('HDUCLAS1 stands in the header 2 times');
    expect(refused).toEqual([{ path: INDEX, changes: 2, reason }]);
    expect(result.files).toBe(2);
    expect(await findingsOf(store, DIGEST_RULES)).toEqual([]);
  });

  it('that is damaged lets the file stay as it is, also where another index could follow it', async () => {
    const store = await indexed();
    await writeFile(join(store, 'other-index.fits'), await readFile(join(store, INDEX)));
    await editBytes(join(store, 'other-index.fits'), (bytes) => bytes.writeUInt8(1, bytes.length - 1));
    await addDataset(store, 'other-index.fits');
    const before = await contents(store);
    const { refused, result, refusedUris } = await fix(store, DIGEST_RULES);
    expect(refused).toEqual([
      { path: FIRST_FILE, changes: 1, reason: expect.stringMatching(/^"other-index.fits" tells of it.*DATASUM/) },
    ]);
    expect([...refusedUris]).toEqual([join(store, FIRST_FILE)]);
    expect([result.files, await contents(store)]).toEqual([0, before]);
  });

  it('that cannot be read is told where it may tell of repaired files, and only then', async () => {
    const store = await indexed();
    await writeFile(join(store, 'other-index.fits'), 'no FITS');
    await addDataset(store, 'other-index.fits');
    const { refused, result } = await fix(store, DIGEST_RULES);
    expect(refused).toEqual([
      { path: 'other-index.fits', changes: 0, reason: expect.stringContaining('is not a FITS file') },
    ]);
    expect(result.files).toBe(2);
    expect((await plan(store, DIGEST_RULES)).refused).toEqual([]);
  });

  it('that has no room for the new size lets the file stay as it is', async () => {
    const store = await indexed(GROWING);
    expect((await stat(join(store, FIRST_FILE))).size).toBe(31_680);
    await narrowSizes(join(store, INDEX));
    expect(await findingsOf(store, DIGEST_RULES)).toEqual([]);
    const before = await contents(store);
    const planned = await fix(store, { only: ['gadf-keywords'] });
    expect(changesOf(planned)).toEqual([]);
    expect(planned.refused).toEqual([
      { path: FIRST_FILE, changes: 1, reason: expect.stringContaining('out of the range') },
    ]);
    expect(await contents(store)).toEqual(before);
  });
});

/** A file whose header is full, so that one more card makes it larger than 16 bits can tell. */
const GROWING: StoreEdit = {
  options: { withoutHdus: ['aeff', 'psf', 'bkg', 'edisp'], eventsPerObservation: 5 },
  hdus: { GTI: all(withoutCard('HDUCLAS1'), ({ header }) => fillBlock(header)) },
  bytes: { [FIRST_FILE]: (bytes) => new Uint8Array(Buffer.concat([bytes, Buffer.alloc(31_680 - bytes.length)])) },
};

function fillBlock(header: Header): void {
  for (let n = 0; ; n++) {
    const longer = header.clone();
    longer.set(`PAD${n}`, n);
    if (longer.encode().length > header.encode().length) return;
    header.set(`PAD${n}`, n);
  }
}

/** Makes SIZE a column of 16-bit integers. */
async function narrowSizes(path: string): Promise<void> {
  const content = await readFile(path);
  const source = (async function* () {
    yield content;
  })();
  const [, hdu] = await readFits(source, { uri: path, inflate: (bytes) => bytes });
  const table = BinTable.fromHdu(hdu!, path);
  const sizes = table.read('SIZE');
  const values = sizes.kind === 'bigint' || sizes.kind === 'number' ? Array.from(sizes.values, Number) : [];
  const output = replaceColumns(table, [{ name: 'SIZE', form: '1I', unit: undefined, values }]).toOutput();
  setChecksum(output);
  await writeFile(path, Buffer.concat([...writeFits([{ header: primaryHeader() }, output])]));
}

async function editBytes(path: string, edit: (bytes: Buffer) => unknown): Promise<void> {
  const bytes = await readFile(path);
  edit(bytes);
  await writeFile(path, bytes);
}

async function addDataset(store: string, hduindx: string): Promise<void> {
  const path = join(store, 'master.json');
  const { datasets } = JSON.parse(await readFile(path, 'utf8')) as { datasets: object[] };
  await writeFile(path, JSON.stringify({ datasets: [...datasets, { ...datasets[0], name: 'other', hduindx }] }));
}
