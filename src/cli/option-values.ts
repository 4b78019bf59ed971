import { InvalidArgumentError } from 'commander';

/** Reads a whole number from 1 on. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value === 0) {
    throw new InvalidArgumentError('A whole number from 1 on is needed.');
  }
  return value;
}

/** Reads seconds, which may have decimals. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d*)?$/.test(text) || !(value > 0))
    throw new InvalidArgumentError('A number of seconds above 0 is needed: 30, 2.5.');
  return value;
}

const RATE = /^(\d+(?:\.\d*)?)([kmg]?)(i?)(?:b?(?:\/s)?)$/i;
const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3 };

/**
 * Reads a rate in bytes per second: `500k`, `10M`, `1.5GB/s`; `k`, `M` and `G` are powers of 1000, `Ki`, `Mi` and `Gi` of
 * 1024. `0` is no limit.
 *
 * @returns infinity for no limit.
 */
export function byteRate(text: string): number {
  const [, digits = '', unit = '', binary = ''] = RATE.exec(text.trim()) ?? [];
  const power = POWERS[unit.toLowerCase()] ?? 0;
  if (digits === '' || (binary !== '' && unit === '')) {
    throw new InvalidArgumentError('A rate in bytes per second is needed: 500k, 10M, 1.5G.');
  }
  const rate = Math.round(Number(digits) * (binary === '' ? 1000 : 1024) ** power);
  if (rate === 0 && Number(digits) > 0) throw new InvalidArgumentError('It is less than a byte per second.');
  if (!Number.isSafeInteger(rate)) throw new InvalidArgumentError('It is too large.');
  return rate === 0 ? Number.POSITIVE_INFINITY : rate;
}

/** Reads the base URL of a service. */
export function serviceUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('A URL is needed: https://host or http://host:9000.');
  }
  return text.replace(/\/+$/, '');
}

/** Adds a value to those of an option that may be given several times. */
export function repeated(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty.');
  return before.includes(text) ? before : [...before, text];
}

/** Adds words with commas between them to those of an option that may be given several times; case does not matter. */
export function words(text: string, before: readonly string[] = []): readonly string[] {
  const added = text.split(',').map((word) => word.trim().toLowerCase());
  const odd = added.find((word) => !/^[a-z0-9_+-]+$/.test(word));
  if (odd !== undefined) throw new InvalidArgumentError('Names with commas between them are needed: events,gti.');
  return [...new Set([...before, ...added])];
}
