import type { RowVisitor } from './rule.ts';

/**
 * Goes through the times of a table.
 *
 * @param onTime told of each TIME with that of the row above, before the first one the earliest there is, and its row, from 0.
 * @param onEnd told of the number of rows.
 */
export function eachTime(
  onTime: (time: number, before: number, row: number) => void,
  onEnd: (rows: number) => void,
): RowVisitor {
  let before = Number.NEGATIVE_INFINITY;
  let rows = 0;
  return {
    batch: (batch) => {
      const times = batch.numbers('TIME');
      for (let i = 0; times !== undefined && i < batch.length; i++) {
        const time = times[i] as number;
        onTime(time, before, batch.firstRow + i);
        before = time;
      }
      rows += batch.length;
    },
    end: () => onEnd(rows),
  };
}
