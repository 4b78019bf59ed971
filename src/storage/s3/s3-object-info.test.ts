import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatMtime, objectInfo, parseMtime } from './s3-object-info.ts';
import type { S3Answer } from './s3-sender.ts';

it('parseMtime() reads what formatMtime() writes, to the microsecond', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), fc.integer({ min: 0, max: 999 }), (ms, micros) => {
      expect(Math.abs((parseMtime(formatMtime(ms + micros / 1000)) ?? 0) - (ms + micros / 1000))).toBeLessThan(0.001);
      expect(parseMtime(formatMtime(ms))).toBe(ms);
    }),
  );
});

it('parseMtime() takes what rclone writes, and nothing else', () => {
  expect(parseMtime('1500000000')).toBe(1_500_000_000_000);
  expect(parseMtime('1500000000.123')).toBe(1_500_000_000_123);
  for (const text of [undefined, '', '-1', '1e9', '2017-01-01', '1.']) expect(parseMtime(text)).toBeUndefined();
});

it('objectInfo() takes the size of the whole from the answer to a range, and guesses none', () => {
  const info = (headers: Record<string, string>) => objectInfo({ headers } as unknown as S3Answer, 's3://b/a');
  expect(info({ 'content-range': 'bytes 5-9/1000', 'content-length': '5' }).sizeBytes).toBe(1000);
  expect(info({ 'content-length': '5' }).sizeBytes).toBe(5);
  expect(() => info({})).toThrow('"s3://b/a": S3 does not tell its size');
  expect(info({ 'content-length': '5', 'last-modified': 'never' }).mtimeMs).toBeUndefined();
});
