import type { ColumnKind, ColumnShape, ColumnValues, ExprTable, KeywordValue } from '../expr/index.ts';
import type { BinTable, Card, Column } from '../fits/index.ts';

/** A binary table as one whose rows can be filtered, with the types that CFITSIO gives to its columns. */
export function exprTable(table: BinTable): ExprTable {
  return {
    rowCount: table.rowCount,
    columns: table.columns.map(shapeOf),
    keyword: (name) => keywordValue(table.header.card(name)),
    read: (index) => valuesOf(table, index),
  };
}

function shapeOf(column: Column): ColumnShape {
  const { name, form } = column;
  const reason = unsupportedReason(column);
  if (reason !== undefined) return { name, kind: 'unsupported', width: form.repeat, reason };
  const dims = form.code !== 'A' && column.dim !== undefined ? { dims: column.dim } : {};
  return { name, kind: kindOf(column), width: form.repeat, ...dims };
}

function unsupportedReason({ form, dim }: Column): string | undefined {
  if (form.code === 'P' || form.code === 'Q') return 'holds arrays of variable length';
  if (form.code === 'C' || form.code === 'M') return 'holds complex numbers';
  const isDivided = form.code === 'A' && (form.substring !== undefined || (dim !== undefined && dim.length > 1));
  return isDivided ? 'holds several strings in each row' : undefined;
}

/** CFITSIO reads what it cannot hold in a C long without scaling, and what is scaled, as doubles. */
function kindOf({ form, scale, zero }: Column): ColumnKind {
  if (form.code === 'L') return 'logical';
  if (form.code === 'X') return 'bit';
  if (form.code === 'A') return 'string';
  const isInteger = 'BIJ'.includes(form.code) && scale === 1 && (zero === 0 || zero === 32768);
  return isInteger ? 'integer' : 'real';
}

function valuesOf(table: BinTable, index: number): ColumnValues {
  const column = table.columns[index];
  if (column === undefined) throw new RangeError(`there is no column ${index}`);
  const data = table.read(column);
  switch (data.kind) {
    case 'number':
      return { kind: 'number', values: data.values, nulls: data.nulls };
    case 'bigint':
      return { kind: 'number', values: Float64Array.from(data.values, Number), nulls: data.nulls };
    case 'logical':
    case 'bit':
      return { kind: data.kind, values: data.values };
    case 'string':
      return { kind: 'string', bytes: table.rows, offset: column.offset, stride: table.rowBytes };
    default:
      throw new TypeError(`column "${column.name}" of kind ${data.kind} is unsupported and must not be read`);
  }
}

/** The value of a card; how a number is written tells whether it is an integer. */
function keywordValue(card: Card | undefined): KeywordValue | undefined {
  if (card === undefined) return undefined;
  const { value } = card;
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'logical', value };
  if (typeof value === 'bigint') return { kind: 'integer', value: Number(value) };
  if (typeof value !== 'number') {
    return { kind: 'unsupported', reason: value === undefined ? 'has no value' : 'is a complex number' };
  }
  const field = card.images[0]?.replace(/^[^=]*=/, '').replace(/\/.*/, '') ?? '';
  return { kind: /[.EeDd]/.test(field) ? 'real' : 'integer', value };
}
