import { BinTable, type CardValue, type ColumnSpec } from '../../fits/index.ts';
import type { EditedHdu } from './edited-store.ts';

type Edit = (hdu: EditedHdu) => void;

/** Several changes of one HDU. */
export function all(...edits: readonly Edit[]): Edit {
  return (hdu) => {
    for (const edit of edits) edit(hdu);
  };
}

export function card(keyword: string, value: CardValue): Edit {
  return ({ header }) => header.set(keyword, value);
}

export function withoutCard(...keywords: readonly string[]): Edit {
  return ({ header }) => {
    for (const keyword of keywords) header.remove(keyword);
  };
}

/** Changes a card of a column: `column('TIME', 'TUNIT', 'min')`. */
export function column(name: string, keyword: string, value: CardValue): Edit {
  return (hdu) => hdu.header.set(`${keyword}${tableOf(hdu).column(name)!.index + 1}`, value);
}

/** Sets numbers of a column: by row, and all of a row if there are several. */
export function cells(name: string, change: (value: number, row: number, element: number) => number): Edit {
  return (hdu) => {
    const table = tableOf(hdu);
    const { offset, form } = table.column(name)!;
    const view = new DataView(hdu.data.buffer, hdu.data.byteOffset, hdu.data.byteLength);
    const width = form.bytes / form.repeat;
    for (let row = 0; row < table.rowCount; row++) {
      for (let element = 0; element < form.repeat; element++) {
        const at = row * table.rowBytes + offset + element * width;
        if (form.code === 'D') view.setFloat64(at, change(view.getFloat64(at), row, element));
        else if (form.code === 'E') view.setFloat32(at, change(view.getFloat32(at), row, element));
        else if (form.code === 'J') view.setInt32(at, change(view.getInt32(at), row, element));
        else view.setBigInt64(at, BigInt(change(Number(view.getBigInt64(at)), row, element)));
      }
    }
  };
}

/** One number in the first row, or in another one. */
export function cell(name: string, value: number | ((before: number) => number), atRow = 0): Edit {
  return cells(name, (before, row) => (row !== atRow ? before : typeof value === 'number' ? value : value(before)));
}

/** Text of a column in some rows, cut to its width. */
export function text(name: string, value: (row: number, before: string) => string): Edit {
  return (hdu) => {
    const table = tableOf(hdu);
    const { offset, form } = table.column(name)!;
    const data = table.read(name);
    const texts = Array.from({ length: table.rowCount }, (_, row) => (data.kind === 'string' ? data.get(row) : ''));
    for (const [row, before] of texts.entries()) {
      const at = row * table.rowBytes + offset;
      const bytes = new TextEncoder().encode(value(row, before).padEnd(form.repeat).slice(0, form.repeat));
      hdu.data.set(bytes, at);
    }
  };
}

/** Puts other columns in the place of all of a table; its other cards stay. */
export function columns(
  build: (spec: { columns: readonly ColumnSpec[] }) => BinTable,
  specs: readonly ColumnSpec[],
): Edit {
  return (hdu) => {
    const { header, rows, rowCount, rowBytes } = build({ columns: specs });
    hdu.data = rows;
    hdu.header.set('NAXIS1', rowBytes);
    hdu.header.set('NAXIS2', rowCount);
    hdu.header.set('TFIELDS', specs.length);
    for (const { keyword } of [...hdu.header.cards]) {
      if (/^(?:TTYPE|TFORM|TUNIT|TDIM|CREF)\d+$/.test(keyword)) hdu.header.remove(keyword);
    }
    for (const { keyword, value } of header.cards) {
      if (/^(?:TTYPE|TFORM|TUNIT|TDIM)\d+$/.test(keyword)) hdu.header.set(keyword, value);
    }
  };
}

/** Stores columns of 64-bit numbers with 32 bits. */
export function in32Bits(...names: readonly string[]): Edit {
  return (hdu) => {
    for (const name of names) {
      const table = tableOf(hdu);
      const { offset, index } = table.column(name)!;
      const rows = Array.from({ length: table.rowCount }, (_, row) => {
        const before = Buffer.from(hdu.data.subarray(row * table.rowBytes, (row + 1) * table.rowBytes));
        const number = Buffer.alloc(4);
        number.writeFloatBE(before.readDoubleBE(offset));
        return Buffer.concat([before.subarray(0, offset), number, before.subarray(offset + 8)]);
      });
      hdu.data = new Uint8Array(Buffer.concat(rows));
      hdu.header.set('NAXIS1', table.rowBytes - 4);
      hdu.header.set(`TFORM${index + 1}`, 'E');
    }
  };
}

/** Repeats some rows of a table behind its last one. */
export function repeatRows(...rows: readonly number[]): Edit {
  return (hdu) => {
    const { rowBytes, rowCount } = tableOf(hdu);
    const added = rows.map((row) => hdu.data.subarray(row * rowBytes, (row + 1) * rowBytes));
    hdu.data = new Uint8Array(Buffer.concat([hdu.data, ...added]));
    hdu.header.set('NAXIS2', rowCount + rows.length);
  };
}

/** Leaves the last rows of a table out. */
export function dropRows(count: number): Edit {
  return (hdu) => {
    const { rowBytes, rowCount } = tableOf(hdu);
    hdu.data = hdu.data.slice(0, rowBytes * (rowCount - count));
    hdu.header.set('NAXIS2', rowCount - count);
  };
}

function tableOf({ header, data }: EditedHdu): BinTable {
  return BinTable.fromHdu({ index: 1, kind: 'bintable', name: '', header, dataBytes: data.length, data }, 'memory');
}
