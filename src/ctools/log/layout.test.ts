import { describe, expect, it } from 'vitest';
import { formatGeneral, headerBlock, timePrefix, trailer, valueLine } from './layout.ts';

describe('formatGeneral()', () => {
  // Values of C's printf("%g").
  it.each([
    [0, '0'],
    [0.0197567, '0.0197567'],
    [0.071175, '0.071175'],
    [2.05162e-5, '2.05162e-05'],
    [0.0001, '0.0001'],
    [0.00009999996, '0.0001'],
    [1, '1'],
    [12.5, '12.5'],
    [100, '100'],
    [123456.7, '123457'],
    [999999.5, '1e+06'],
    [1234567, '1.23457e+06'],
    [-98.7654321, '-98.7654'],
    [1e100, '1e+100'],
  ])('formatGeneral() writes %d as %s', (value, text) => expect(formatGeneral(value)).toBe(text));
});

describe('headerBlock()', () => {
  it('headerBlock() puts an odd blank to the left of the name', () => {
    expect(headerBlock('abc', '1')[1]).toBe(`*${' '.repeat(38)}abc${' '.repeat(37)}*`);
    expect(headerBlock('abc', '1').map((line) => line.length)).toEqual([80, 80, 80, 80, 80]);
  });
});

describe('valueLine()', () => {
  it('valueLine() counts the name in bytes', () => {
    expect(valueLine('é', 'x')).toBe(` é ${'.'.repeat(24)}: x`);
  });
  it('valueLine() gives a long name no dots', () => {
    expect(valueLine(' Point spread function file', 'x')).toBe('  Point spread function file : x');
  });
  it('valueLine() puts a unit behind the value', () => {
    expect(valueLine('Size', '2.09', 'MB')).toBe(' Size ......................: 2.09 MB');
  });
});

describe('timePrefix()', () => {
  it('timePrefix() is in UTC, and cuts the fraction', () => {
    expect(timePrefix(new Date('2026-01-02T03:04:05.999+01:00'))).toBe('2026-01-02T02:04:05: ');
  });
});

describe('trailer()', () => {
  it('trailer() ends behind the CPU time', () => {
    expect(trailer('demo', 2, 0.5)).toBe(
      'Application "demo" terminated after 2 wall clock seconds, consuming 0.5 seconds of CPU time.',
    );
  });
});
