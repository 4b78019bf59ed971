import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { askPython } from '../../test/support/python.ts';
import { itNeeds, pythonModule } from '../../test/support/require.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { mergeStores } from './merge-stores/index.ts';
import { FOLDER, utf8Store } from './testing/utf8-store.ts';

describe('an index with paths in UTF-8', () => {
  itNeeds(pythonModule('astropy'))('is read by astropy as by us, also after a merge', async () => {
    const root = await tempDirectory();
    const first = await utf8Store(join(root, 'first'), { observations: 1 });
    const second = await utf8Store(join(root, 'second'), { observations: 1, firstObsId: 500, indexDir: 'index' });
    const output = join(root, 'out');
    await mergeStores({ places: [first.directory, second.directory], output, program: 'test' });
    const script = `
import json, sys
from astropy.table import Table
def folders(path):
    table = Table.read(path)
    table.convert_bytestring_to_unicode()
    return sorted(set(str(value) for value in table["FILE_DIR"]))
print(json.dumps([folders(path) for path in json.load(sys.stdin)]))`;
    const indexes = [first.directory, output].map((directory) => join(directory, 'hdu-index.fits.gz'));
    expect(askPython(script, indexes)).toEqual([[FOLDER], [FOLDER]]);
  });
});
