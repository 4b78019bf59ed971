import type { BinTable, Column } from '../../fits/index.ts';
import type { HduFacts } from '../facts.ts';
import type { Report } from '../finding.ts';
import type { RowBatch } from '../row-batch.ts';
import { RowTally } from '../row-tally.ts';
import type { Rule } from '../rule.ts';

export const fitsCells: Rule = {
  code: 'fits-cells',
  severity: 'error',
  title: 'Cells of a table hold bytes that their type does not allow.',
  detail:
    'Logicals other than T, F and 0; text outside printable ASCII (before the first NUL): a warning, also of paths in ' +
    'UTF-8, whose files are found all the same; descriptors that point outside of the heap. With --fast in index tables ' +
    'only. Descriptors are not looked at in event lists of more than 64 MB.',
  clause: 'FITS 4.0 §7.3.3, §7.3.5',
  checks: {
    table: (hdu, table, report) => {
      if (hdu.format?.type === 'events' || hdu.format?.type === 'pointing') return;
      const tallies = newTallies();
      count(table, 0, tallies, true);
      tell(hdu, table.rowCount, tallies, report);
    },
    rows: (hdu, _, report) => {
      const tallies = newTallies();
      let rows = 0;
      return {
        batch: (batch: RowBatch) => {
          count(batch.table, batch.firstRow, tallies, hdu.table !== undefined);
          rows += batch.length;
        },
        end: () => tell(hdu, rows, tallies, report),
      };
    },
  },
};

type Tallies = Map<string, { column: string; fault: string; tally: RowTally }>;

function newTallies(): Tallies {
  return new Map();
}

/** @param hasHeap whether the arrays of the table are there. */
function count(table: BinTable, firstRow: number, tallies: Tallies, hasHeap: boolean): void {
  for (const column of table.columns) {
    if (column.form.elementCode !== undefined && !hasHeap) continue;
    const fault = FAULTS[column.form.elementCode !== undefined ? 'array' : column.form.code];
    const find = fault === undefined ? undefined : finderOf(fault, table, column);
    if (find === undefined || fault === undefined) continue;
    for (let row = 0; row < table.rowCount; row += 1) {
      const found = find(row);
      if (found === undefined) continue;
      const key = `${column.index}`;
      const entry = tallies.get(key) ?? { column: column.name, fault, tally: new RowTally() };
      tallies.set(key, entry);
      entry.tally.add(firstRow + row, found);
    }
  }
}

const FAULTS: Readonly<Record<string, string | undefined>> = {
  L: 'logicals that are neither T, F nor 0',
  A: 'text that is not printable ASCII',
  array: 'arrays that are not in the heap',
};

function finderOf(fault: string, table: BinTable, column: Column): ((row: number) => string | undefined) | undefined {
  const { bytes } = column.form;
  const { rows, rowBytes } = table;
  const at = (row: number): number => row * rowBytes + column.offset;
  if (fault === FAULTS['L']) {
    return (row) => {
      for (const byte of rows.subarray(at(row), at(row) + bytes)) {
        if (byte !== 0x54 && byte !== 0x46 && byte !== 0) return `byte ${byte}`;
      }
      return undefined;
    };
  }
  if (fault === FAULTS['A']) {
    return (row) => {
      for (let i = at(row), end = i + bytes; i < end; i += 1) {
        const byte = rows[i] as number;
        if (byte === 0) return undefined;
        if (byte < 0x20 || byte > 0x7e) return `byte ${byte}`;
      }
      return undefined;
    };
  }
  const data = table.read(column);
  if (data.kind !== 'array') return undefined;
  return (row) => {
    try {
      data.get(row);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}

function tell({ place }: HduFacts, total: number, tallies: Tallies, report: Report): void {
  for (const { column, fault, tally } of tallies.values()) {
    const severity = fault === FAULTS['A'] ? 'warning' : 'error';
    report(place, {
      severity,
      column,
      message: `${tally.of(total)} of column "${column}" hold ${fault}.`,
      ...tally.detail(),
    });
  }
}
