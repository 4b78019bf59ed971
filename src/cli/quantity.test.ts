import { describe, expect, it } from 'vitest';
import { formatBytes, formatBytesOf, formatDuration, formatRate, formatTimeLeft } from './quantity.ts';

describe('formatBytes()', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_499, '999 kB'],
    [999_500, '1.00 MB'],
    [9_996, '10.0 kB'],
    [62_000_000, '62.0 MB'],
    [620_000_000, '620 MB'],
    [1_240_000_000, '1.24 GB'],
    [5e12, '5.00 TB'],
    [5e18, '5000 PB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatRate()', () => {
  it.each([
    [0, '0 B/s'],
    [77_500_000, '78 MB/s'],
    [7_700_000, '7.7 MB/s'],
    [9_960, '10 kB/s'],
    [770_000, '770 kB/s'],
  ])('%d is %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });
});

describe('formatBytesOf()', () => {
  it('has both in the unit of the total', () => {
    expect(formatBytesOf(23_600_000, 62_000_000)).toBe('23.6/62.0 MB');
    expect(formatBytesOf(0, 1_240_000_000)).toBe('0.00/1.24 GB');
    expect(formatBytesOf(12, 900)).toBe('12/900 B');
  });
});

describe('formatDuration()', () => {
  it.each([
    [0, '0.0 s'],
    [0.84, '0.8 s'],
    [9.97, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [200, '3 min 20 s'],
    [3599.6, '1 h 00 min'],
    [3900, '1 h 05 min'],
    [86_399, '1 d 00 h'],
    [183_600, '2 d 03 h'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('has whole seconds in an estimate', () => {
    expect([0, 4.4, 9.6, 3900].map(formatTimeLeft)).toEqual(['0 s', '4 s', '10 s', '1 h 05 min']);
  });
});
