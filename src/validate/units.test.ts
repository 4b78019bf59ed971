import { describe, expect, it } from 'vitest';
import { compareUnits, parseUnit } from './units.ts';

const compare = (left: string, right: string): string | undefined => {
  const [a, b] = [parseUnit(left), parseUnit(right)];
  return a === undefined || b === undefined ? undefined : compareUnits(a, b);
};

describe('parseUnit()', () => {
  it.each([
    ['m2', 'm^2'],
    ['m2', 'm**2'],
    ['sr-1', '1/sr'],
    ['sr-1', 'sr^-1'],
    ['sr-1', 'sr^(-1)'],
    ['s-1 MeV-1 sr-1', '1/(MeV s sr)'],
    ['s-1 MeV-1 sr-1', '1/s/MeV/sr'],
    ['s-1 MeV-1 sr-1', 'MeV-1 s-1 sr-1'],
    ['s-1 MeV-1 sr-1', 's**-1.MeV**-1*sr**-1'],
    ['', '1'],
    ['Hz', 's-1'],
  ])('reads "%s" as "%s"', (left, right) => {
    expect(compare(left, right)).toBe('same');
  });

  it.each([
    ['TeV', 'GeV', 'convertible'],
    ['deg', 'rad', 'convertible'],
    ['m2', 'cm2', 'convertible'],
    ['deg', 's', 'other'],
    ['m2', 'm', 'other'],
    ['', 'deg', 'other'],
  ])('tells "%s" from "%s"', (left, right, wanted) => {
    expect(compare(left, right)).toBe(wanted);
  });

  it.each(['furlong', 'm(', '/', 'm 2 $', 'TeV)'])('does not read "%s"', (text) => {
    expect(parseUnit(text)).toBeUndefined();
  });
});
