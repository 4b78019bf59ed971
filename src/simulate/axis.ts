/** The bins of one axis of a response: `count + 1` growing edges. */
export interface Axis {
  edges: readonly number[];
  count: number;
}

/** Bins of equal width. */
export function linearAxis(low: number, high: number, count: number): Axis {
  return { count, edges: Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count) };
}

/** Bins of equal width in the logarithm. */
export function logAxis(low: number, high: number, count: number): Axis {
  return { count, edges: Array.from({ length: count + 1 }, (_, i) => low * (high / low) ** (i / count)) };
}

/** The middle of every bin. */
export function centres(axis: Axis): number[] {
  return bins(axis, (low, high) => (low + high) / 2);
}

/** The middle of every bin in the logarithm. */
export function logCentres(axis: Axis): number[] {
  return bins(axis, (low, high) => Math.sqrt(low * high));
}

/** One value per bin, made from its two edges. */
export function bins<T>(axis: Axis, make: (low: number, high: number) => T): T[] {
  return axis.edges.slice(1).map((high, i) => make(axis.edges[i] as number, high));
}
