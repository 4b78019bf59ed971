import type { Column } from './column.ts';
import { joinCodings } from './concat-coding.ts';
import type { JoinedColumn } from './concat-pair.ts';
import { isArrayColumn, joinShapes, padsElements } from './concat-shape.ts';
import type { Domain } from './concat-values.ts';
import { makeTForm, valueCode } from './tform.ts';

/** A column of the joined table, as it will be stored. */
export interface TargetColumn
  extends Pick<Column, 'name' | 'form' | 'scale' | 'zero' | 'nullValue' | 'dim' | 'offset'> {
  readonly joined: JoinedColumn;
  /** As what values pass from the sources. */
  readonly domain: Domain;
}

/** Something that joining had to settle. */
export interface ConcatNote {
  code: 'unit-differs' | 'type-changed';
  /** The column, as the joined table names it. */
  column: string;
  /** Position of the part. */
  part: number;
  message: string;
}

/** The stored form of every column of the joined table, without their places in the row. */
export function planColumns(joined: readonly JoinedColumn[]): TargetColumn[] {
  return joined.map((column) => {
    const array = isArrayColumn(column);
    const coding = joinCodings(column, !array && (column.missing || padsElements(column)));
    const { form, dim } = joinShapes(column, coding);
    const { scale, zero, nullValue, domain } = coding;
    return { name: column.name, form, scale, zero, nullValue, dim, domain, offset: 0, joined: column };
  });
}

/** The columns at their places, P turned into Q where `wide`; with the bytes of a row. */
export function placeColumns(
  columns: readonly TargetColumn[],
  wide: boolean,
): { columns: TargetColumn[]; rowBytes: number } {
  let rowBytes = 0;
  const placed = columns.map((column) => {
    const { repeat, maxLength } = column.form;
    const form =
      wide && column.form.code === 'P'
        ? makeTForm('Q', repeat, { elementCode: valueCode(column.form), maxLength })
        : column.form;
    const offset = rowBytes;
    rowBytes += form.bytes;
    return { ...column, form, offset };
  });
  return { columns: placed, rowBytes };
}

/** What differs between the sources of the columns and what is kept. */
export function notesOf(columns: readonly TargetColumn[]): ConcatNote[] {
  return columns.flatMap(({ name, joined, form }) => {
    const [first, ...others] = joined.present;
    const units = others
      .filter(({ column }) => (column.unit ?? '') !== (first.column.unit ?? ''))
      .map(({ part, table, column }): ConcatNote => {
        const found = `its unit is "${column.unit ?? ''}" in "${table.uri}"`;
        const message = `Column "${name}": ${found}, "${first.column.unit ?? ''}" of "${first.table.uri}" is kept`;
        return { code: 'unit-differs', column: name, part, message };
      });
    const types = joined.present
      .filter(({ column }) => valueCode(column.form) !== valueCode(form))
      .map(({ part, table, column }): ConcatNote => {
        const found = `its type is ${valueCode(column.form)} in "${table.uri}"`;
        return {
          code: 'type-changed',
          column: name,
          part,
          message: `Column "${name}": ${found}, ${valueCode(form)} is used`,
        };
      });
    return [...units, ...types];
  });
}
