const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes in three digits, by powers of 1000: `512 B`, `62.0 MB`, `1.24 GB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 3);
}

/** Bytes a second in two digits: `7.7 MB/s`, `770 kB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond, 2)}/s`;
}

/** Two amounts in the unit of the second one: `23.6/62.0 MB`. */
export function formatBytesOf(doneBytes: number, totalBytes: number): string {
  const power = powerOf(totalBytes);
  const total = inDigits(totalBytes / 1000 ** power, power === 0 ? 0 : 3);
  const decimals = total.split('.')[1]?.length ?? 0;
  return `${(doneBytes / 1000 ** power).toFixed(decimals)}/${total} ${BYTE_UNITS[power]}`;
}

/** A stretch of time: `0.8 s`, `45 s`, `3 min 20 s`, `1 h 05 min`, `2 d 03 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${twoDigits(hours % 24)} h`;
}

/** As {@link formatDuration} of an estimate: whole seconds. */
export function formatTimeLeft(seconds: number): string {
  return seconds < 9.95 ? `${Math.round(seconds)} s` : formatDuration(seconds);
}

/** A number and its noun: `1 file`, `2 files`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function scaled(bytes: number, digits: number): string {
  const power = powerOf(bytes);
  return `${inDigits(bytes / 1000 ** power, power === 0 ? 0 : digits)} ${BYTE_UNITS[power]}`;
}

/** The unit that leaves less than 1000 of it, after rounding. */
function powerOf(bytes: number): number {
  let power = 0;
  while (power < BYTE_UNITS.length - 1 && Math.round(bytes / 1000 ** power) >= 1000) power++;
  return power;
}

function inDigits(value: number, digits: number): string {
  if (digits === 0) return String(Math.round(value));
  const whole = Math.floor(Number(value.toPrecision(digits)));
  return value.toFixed(Math.max(0, digits - String(whole).length));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
