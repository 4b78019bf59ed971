import { readFile, writeFile } from 'node:fs/promises';
import { BinTable, readFits, replaceColumns, setChecksum, writeFits } from '../../../fits/index.ts';

/** Gives a table of a FITS file other cards, and a column of text other values. */
export async function editTable(
  path: string,
  name: string,
  cards: Readonly<Record<string, string>>,
  column: string,
  value: (row: number) => string,
): Promise<void> {
  const hdus = await readFits(once(await readFile(path)), { uri: path, inflate: (source) => source });
  const outputs = hdus.map((hdu) => {
    if (hdu.name !== name) return { header: hdu.header, ...(hdu.data && { data: hdu.data }) };
    const table = BinTable.fromHdu(hdu, path);
    const values = Array.from({ length: table.rowCount }, (_, row) => value(row));
    const width = values.reduce((most, each) => Math.max(most, each.length), 1);
    const output = replaceColumns(table, [{ name: column, form: `${width}A`, values }]).toOutput();
    for (const [keyword, text] of Object.entries(cards)) output.header.set(keyword, text);
    setChecksum(output);
    return output;
  });
  await writeFile(path, Buffer.concat([...writeFits(outputs)]));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
