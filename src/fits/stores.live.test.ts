import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, pythonModule, sharedStore } from '../../test/support/require.ts';
import { readFits } from './read.ts';
import { BinTable } from './table.ts';
import { runPython } from './testing/astropy.ts';
import { inflate } from './testing/files.ts';

const astropy = pythonModule('astropy');

/** A table as both sides describe it: rows, and by column the digest of all values. */
interface Digest {
  hdu: number;
  rows: number;
  columns: Record<string, string>;
}

/** Digests of the tables of files by astropy, a line of JSON for each: numbers in little endian, texts in lines. */
const DIGEST = `
import hashlib, json, sys, warnings
import numpy as np
from astropy.io import fits
warnings.simplefilter('ignore')
def digest(array):
    array = np.asarray(array)
    if array.dtype.kind in 'US':
        data = ''.join(str(text).rstrip(' ') + '\\n' for text in array.ravel()).encode('latin1')
    else:
        data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder('<')).tobytes()
    return hashlib.md5(data).hexdigest()
for path in sys.argv[1:]:
    with fits.open(path) as hdus:
        tables = [(i, hdu) for i, hdu in enumerate(hdus) if isinstance(hdu, fits.BinTableHDU)]
        print(json.dumps([{'hdu': i, 'rows': len(hdu.data), 'columns': {name: digest(hdu.data[name]) for name in hdu.columns.names}} for i, hdu in tables]))
`;

/** The FITS files of a store. */
function fitsFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.fits(\.gz)?$/.test(name))
    .map((name) => join(directory, name))
    .sort();
}

async function digestFile(path: string): Promise<Digest[]> {
  const hdus = await readFits(createReadStream(path), { uri: path, inflate, sourceBytes: statSync(path).size });
  return hdus
    .filter((hdu) => hdu.kind === 'bintable')
    .map((hdu) => {
      const table = BinTable.fromHdu(hdu, path);
      const columns = table.columns.map((column) => [column.name, digestColumn(table, column.name)]);
      return { hdu: hdu.index, rows: table.rowCount, columns: Object.fromEntries(columns) as Digest['columns'] };
    });
}

function digestColumn(table: BinTable, name: string): string {
  const data = table.read(name);
  const hash = createHash('md5');
  if (data.kind === 'array') throw new Error(`column ${name} has arrays, which no store had`);
  if (data.kind === 'string') {
    for (let i = 0; i < data.length; i += 1) hash.update(`${data.get(i)}\n`, 'latin1');
  } else hash.update(data.values);
  return hash.digest('hex');
}

async function compare(paths: readonly string[]): Promise<void> {
  const lines = runPython(DIGEST, ...paths)
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(paths.length);
  for (const [i, path] of paths.entries()) {
    const digests = await digestFile(path);
    expect(digests.length, path).toBeGreaterThan(0);
    expect(digests, path).toEqual(JSON.parse(lines[i] ?? ''));
  }
}

describe('readFits() of real stores', () => {
  for (const name of ['minimal', 'unit-test', 'cta-1dc']) {
    const store = sharedStore(name);
    itNeeds(store, astropy)(`readFits() reads every file of ${name} as astropy does`, () =>
      compare(fitsFiles(store.path)),
    );
  }

  const hess = sharedStore('hess_dl3_dr1');
  itNeeds(hess, astropy)('readFits() reads the indexes of hess_dl3_dr1 as astropy does', () =>
    compare(['hdu-index.fits.gz', 'obs-index.fits.gz'].map((name) => join(hess.path, name))),
  );
});
