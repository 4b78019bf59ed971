/** Good time intervals, both ends included, in the time of the table that is filtered. */
export interface GoodTimes {
  readonly starts: Float64Array;
  readonly stops: Float64Array;
  /** Whether each interval ends before (or when) the next one begins. */
  readonly ordered: boolean;
}

/** Intervals from their ends; `shift` is added to both. */
export function goodTimes(starts: Float64Array, stops: Float64Array, shift: number): GoodTimes {
  let ordered = true;
  for (let i = starts.length - 1; i > 0; i--) {
    const start = starts[i] as number;
    if (start > (stops[i] as number) || start < (stops[i - 1] as number) || start < (starts[i - 1] as number))
      ordered = false;
  }
  const span = (stops[stops.length - 1] ?? 0) - (starts[0] ?? 0);
  // A shift below the precision of the times is not applied, as in CFITSIO.
  const applied = Math.abs(shift / (span === 0 ? 1 : span)) > 1e-12 ? shift : 0;
  return { starts: starts.map((time) => time + applied), stops: stops.map((time) => time + applied), ordered };
}

/** The interval that holds a time, -1 if there is none; of several the last one in the table. */
export function intervalAt({ starts, stops, ordered }: GoodTimes, time: number): number {
  if (ordered) {
    const last = lastStartingBy(starts, time);
    return last >= 0 && time <= (stops[last] as number) ? last : -1;
  }
  for (let i = starts.length - 1; i >= 0; i--) {
    if (time >= (starts[i] as number) && time <= (stops[i] as number)) return i;
  }
  return -1;
}

/** How much of the time from `start` to `stop` is good; 0 for an empty or reversed range. The intervals must be ordered. */
export function goodTimeBetween({ starts, stops }: GoodTimes, start: number, stop: number): number {
  if (!(stop > start)) return 0;
  let total = 0;
  for (let i = Math.max(0, lastStartingBy(starts, start)); i < starts.length && (starts[i] as number) < stop; i++) {
    const overlap = Math.min(stop, stops[i] as number) - Math.max(start, starts[i] as number);
    if (overlap > 0) total += overlap;
  }
  return total;
}

/** The last interval that starts at or before a time, -1 if all start later. */
function lastStartingBy(starts: Float64Array, time: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
