import { describe, expect, it } from 'vitest';
import { headerBlock, timePrefix, trailer, valueLine } from './layout.ts';

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
