import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
import { all, withoutCard } from '../../validate/testing/edits.ts';
import { changesOf, findingsOf, fix, plan } from './testing/fix.ts';
import { contents, indexed } from './testing/stores.ts';

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
