import { textShape } from './column.ts';
import { cannotJoin, type ElementCoding, familyOf } from './concat-coding.ts';
import type { JoinedColumn, Source } from './concat-pair.ts';
import { elementOf, numbersOf, numberText } from './concat-values.ts';
import { makeTForm, type TForm, valueCode } from './tform.ts';

/** How many elements a joined column has, and how they are arranged. */
export interface JoinedShape {
  readonly form: TForm;
  readonly dim: readonly number[] | undefined;
}

/** Whether a column of the joined table has arrays of variable length. */
export function isArrayColumn(joined: JoinedColumn): boolean {
  return joined.present.some(({ column }) => column.form.elementCode !== undefined);
}

/** Whether elements of a fixed numeric column will be filled because sources differ in number or arrangement of them. */
export function padsElements(joined: JoinedColumn): boolean {
  if (isArrayColumn(joined)) return false;
  const { repeat, dim } = joinAxes(joined);
  return joined.present.some(({ column }) => column.form.repeat !== repeat || !sameAxes(dim, column.dim ?? dim));
}

/**
 * The form of a joined column: wide enough for the widest source on each axis of TDIM; P where any source has arrays
 * of variable length, Q where any has Q.
 *
 * @throws IactError 'bad-data' where that is not possible
 */
export function joinShapes(joined: JoinedColumn, coding: ElementCoding): JoinedShape {
  if (isArrayColumn(joined)) return joinArrays(joined, coding);
  if (coding.code === 'A') return joinTexts(joined);
  const { repeat, dim } = joinAxes(joined);
  return { form: makeTForm(coding.code, repeat), dim };
}

function joinArrays(joined: JoinedColumn, coding: ElementCoding): JoinedShape {
  const wrong = joined.present.find(
    ({ column }) => (coding.code === 'A' && familyOf(column) !== 'text') || severalTexts(joined, column),
  );
  if (wrong !== undefined)
    throw cannotJoin(joined, 'text of variable length cannot be joined with several values in a row');
  const first = joined.present[0].column;
  const code = joined.present.some(({ column }) => column.form.code === 'Q') ? 'Q' : 'P';
  const dim = first.form.elementCode === undefined ? undefined : first.dim;
  return { form: makeTForm(code, 1, { elementCode: coding.code }), dim };
}

function severalTexts(_: JoinedColumn, column: Source['column']): boolean {
  return valueCode(column.form) === 'A' && column.form.elementCode === undefined && textShape(column).count > 1;
}

/** The axes that hold those of every source, as many as any has. */
function joinAxes(joined: JoinedColumn): { repeat: number; dim: readonly number[] | undefined } {
  const columns = joined.present.map(({ column }) => column);
  const widest = Math.max(...columns.map(({ form }) => form.repeat));
  if (columns.every(({ dim }) => dim === undefined)) return { repeat: widest, dim: undefined };
  const all = columns.map((column) => axesOf(column, joined));
  const rank = Math.max(...all.map((dim) => dim.length));
  const dim = Array.from({ length: rank }, (_, axis) => Math.max(...all.map((each) => each[axis] ?? 1)));
  // Elements behind those that TDIM names stay where all sources agree about it.
  const same = all.every((each) => sameAxes(each, dim));
  return { repeat: same ? Math.max(widest, elements(dim)) : elements(dim), dim };
}

/** The axes of a source: its TDIM, else that of the first source that has one if it fits, else one axis. */
export function axesOf(column: Source['column'], joined: JoinedColumn): readonly number[] {
  const first = joined.present.find((source) => source.column.dim !== undefined)?.column.dim;
  const { repeat } = column.form;
  return column.dim ?? (first !== undefined && elements(first) === repeat ? first : [repeat]);
}

/** The number of elements that axes make. */
export function elements(dim: readonly number[]): number {
  return dim.reduce((product, axis) => product * axis, 1);
}

/** Whether two arrangements of elements are the same. */
export function sameAxes(a: readonly number[] | undefined, b: readonly number[] | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.length === b.length && a.every((n, i) => n === b[i]));
}

function joinTexts(joined: JoinedColumn): JoinedShape {
  const shapes = joined.present.map((source) =>
    familyOf(source.column) === 'text' ? textShape(source.column) : numberShape(source),
  );
  const length = Math.max(...shapes.map((shape) => shape.length));
  const count = Math.max(...shapes.map((shape) => shape.count));
  const { form, dim } = joined.present[0].column;
  const unchanged = joined.present.every(
    ({ column }) =>
      column.form.code === 'A' &&
      column.form.repeat === form.repeat &&
      column.form.substring === form.substring &&
      sameAxes(column.dim, dim),
  );
  if (unchanged) return { form, dim };
  if (count === 1) return { form: makeTForm('A', length), dim: undefined };
  const outer = dim?.slice(1) ?? [];
  const keepsAxes = joined.present.every(({ column }) => sameAxes(column.dim?.slice(1), outer));
  return { form: makeTForm('A', length * count), dim: keepsAxes ? [length, ...outer] : [length, count] };
}

/** The room that numbers need as text. */
function numberShape(source: Source): { length: number; count: number } {
  const single = valueCode(source.column.form) === 'E';
  let length = 0;
  for (const data of numbersOf(source, 'physical')) {
    for (let i = 0; i < data.values.length; i += 1) {
      length = Math.max(length, numberText(elementOf(data, i), single).length);
    }
  }
  return { length, count: source.column.form.repeat };
}
