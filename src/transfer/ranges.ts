/** Bytes of a file from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The parts of a file that ranges do not cover, in order, each no longer than `longest`. Ranges may overlap and come in
 * any order.
 */
export function gapsBetween(ranges: readonly ByteRange[], sizeBytes: number, longest: number): ByteRange[] {
  const gaps: ByteRange[] = [];
  const addGap = (from: number, to: number): void => {
    for (let start = from; start < to; start += longest) gaps.push({ start, end: Math.min(start + longest, to) });
  };
  let covered = 0;
  for (const { start, end } of [...ranges].sort((left, right) => left.start - right.start)) {
    addGap(covered, Math.min(start, sizeBytes));
    covered = Math.max(covered, end);
  }
  addGap(covered, sizeBytes);
  return gaps;
}

/**
 * As many ranges as can be kept of which none overlap; in order. Empty ones, and those beyond the end, are left out. A file of
 * a terabyte has hundreds of thousands of them.
 */
export function withoutOverlap<T extends ByteRange>(ranges: readonly T[], sizeBytes: number): T[] {
  let covered = 0;
  return [...ranges]
    .sort((left, right) => left.end - right.end)
    .filter(({ start, end }) => {
      const isFree = start >= covered && start < end && end <= sizeBytes;
      if (isFree) covered = end;
      return isFree;
    });
}
