import { describe, expect, it } from 'vitest';
import { parseDateText } from './date-text.ts';

describe('parseDateText()', () => {
  it.each([
    ['2004-03-26', '02:57:46.184', 53090, 10666.184, 1e-3],
    ['2004-03-26T02:57:46', undefined, 53090, 10666, 1],
    ['2004-03-26T02:57', undefined, 53090, 10620, 60],
    ['2004-03-26', '2004-03-26T02:57:46', 53090, 10666, 1],
    ['2016-12-31T23:59:60', undefined, 57753, 86400, 1],
  ])('reads %s %s', (date, time, mjdDay, second, resolution) => {
    const found = parseDateText(date, time)!;
    expect(found.mjdDay).toBe(mjdDay);
    expect(found.second).toBeCloseTo(second, 9);
    expect(found.resolution).toBeCloseTo(resolution, 12);
  });

  it('knows a day without a time', () => {
    expect(parseDateText('2004-03-26')).toEqual({ mjdDay: 53090, second: undefined, resolution: 86400 });
  });

  it.each(['26/03/04', '2004-02-30', '2004-03-26 02:57', '2004-03-26T25:00:00', ''])('does not read "%s"', (text) => {
    expect(parseDateText(text)).toBeUndefined();
  });
});
