import { describe, expect, it } from 'vitest';
import type { CompileOptions } from './index.ts';
import { parseRegion } from './region.ts';
import { skyAxes } from './sky-projection.ts';
import { errorOf, memoryTable, reals, rowsOf } from './testing/memory-table.ts';

/** Whether points are inside a region in pixels. */
function inside(region: string, ...points: readonly (readonly [number, number])[]): boolean[] {
  const contains = parseRegion(region, undefined);
  return points.map(([x, y]) => contains(x, y));
}

describe('parseRegion()', () => {
  it.each([
    [
      'circle(10, 10, 5)',
      [
        [15, 10],
        [13, 14],
        [15.1, 10],
      ],
      [true, true, false],
    ],
    [
      'annulus(0,0,1,2)',
      [
        [0, 0.9],
        [1, 0],
        [0, 2],
        [2.1, 0],
      ],
      [false, true, true, false],
    ],
    [
      'ellipse(0,0,4,1,90)',
      [
        [0, 3.9],
        [3.9, 0],
      ],
      [true, false],
    ],
    [
      'ellipse(0,0,1,1,4,2)',
      [
        [0.5, 0],
        [3, 0],
        [0, 3],
      ],
      [false, true, false],
    ],
    [
      'elliptannulus(0,0,1,1,4,2,0,90)',
      [
        [0, 3],
        [3, 0],
      ],
      [true, false],
    ],
    [
      'box(0,0,4,2)',
      [
        [2, 1],
        [2.1, 0],
        [0, 1.1],
      ],
      [true, false, false],
    ],
    [
      'rotbox(0,0,4,2,90)',
      [
        [1, 2],
        [2, 1],
      ],
      [true, false],
    ],
    [
      'box(0,0,2,2,4,4,0)',
      [
        [0.5, 0.5],
        [1.5, 0],
        [1, 1],
      ],
      [false, true, false],
    ],
    [
      'rectangle(1,1,3,2)',
      [
        [1, 1],
        [3, 2],
        [0.9, 1.5],
      ],
      [true, true, false],
    ],
    [
      'diamond(0,0,4,2)',
      [
        [1, 0.5],
        [1.1, 0.5],
        [2, 0],
      ],
      [true, false, true],
    ],
    [
      'rotrhombus(0,0,4,2,90)',
      [
        [0, 1.99],
        [2, 0],
      ],
      [true, false],
    ],
    [
      'sector(0,0,45,135)',
      [
        [0, 9],
        [1, 0],
        [0, 0],
      ],
      [true, false, true],
    ],
    [
      'pie(0,0,300,20)',
      [
        [1, 0],
        [1, -1],
        [-1, 0],
      ],
      [true, true, false],
    ],
    [
      'point(5,5)',
      [
        [4.5, 4.5],
        [5.5, 5],
      ],
      [true, false],
    ],
    [
      'line(0,0,4,0)',
      [
        [-0.5, 0],
        [4.4, 0.4],
        [4.5, 0],
        [2, 0.5],
      ],
      [true, true, false, false],
    ],
    [
      'polygon(0,0,4,0,4,4)',
      [
        [3, 1],
        [4, 4],
        [2, 0],
        [1, 3],
      ],
      [true, true, true, false],
    ],
    [
      'panda(0,0,0,90,1,1,2,1)',
      [
        [1, 1],
        [-1, 1],
        [0.5, 0.5],
      ],
      [true, false, false],
    ],
    [
      'epanda(0,0,0,90,1,1,1,4,2,1)',
      [
        [3, 0.5],
        [3, -0.5],
      ],
      [true, false],
    ],
    [
      'bpanda(0,0,0,90,1,2,2,4,4,1,0)',
      [
        [1.5, 1.5],
        [0.5, 0.5],
        [-1.5, 1.5],
      ],
      [true, false, false],
    ],
  ] as const)('tests %s', (region, points, expected) => {
    expect(inside(region, ...points)).toEqual(expected);
  });

  it('cuts a shape out of those above it, not of those below', () => {
    const region = 'circle(0,0,5)\n-circle(0,0,2)\ncircle(0,0,1)';
    expect(inside(region, [0, 0], [1.5, 0], [3, 0], [6, 0])).toEqual([true, false, true, false]);
  });

  it('takes everything for inside if the first shape is cut out', () => {
    expect(inside('-circle(0,0,2)', [0, 0], [9, 9])).toEqual([false, true]);
    expect(inside('-circle(0,0,2)\ncircle(0,0,1)', [0, 0], [1.5, 0], [9, 9])).toEqual([true, false, true]);
  });

  it('passes over comments, global settings, blank lines and what follows "#"', () => {
    const region =
      '# Region file format: DS9\nglobal color=green\n\nimage;circle(0,0,1) # color=red\r\n + box(5,5,1,1) point(9,9)\n';
    expect(inside(region, [0, 0], [5, 5], [9, 9], [3, 3])).toEqual([true, true, true, false]);
  });

  it('needs half-turned angles neither positive nor small', () => {
    expect(inside('sector(0,0,-315,495)', [0, 1], [1, 0])).toEqual([true, false]);
  });

  it.each([
    ['circle(1,2)', 'line 1: 2 parameters do not fit the shape "circle"'],
    ['\nblob(1,2)', 'line 2: unknown shape "blob"'],
    ['circle(1,x,3)', 'expected a number, found "x"'],
    ['circle(1,2,3', 'expected a shape such as circle(x, y, radius)'],
    ['galactic;circle(1,2,3)', 'coordinate system "galactic" is not supported'],
    ['fk5;circle(1,2,3)', 'the columns have no projection'],
    ['circle(1,2,3")', 'needs a place on the sky'],
    ['# format: parsec', 'unknown format "parsec"'],
    ['# nothing', 'has no shapes'],
  ])('refuses %j', (region, reason) => {
    expect(() => parseRegion(region, undefined)).toThrow(reason);
  });
});

const KEYWORDS = {
  TCTYP1: 'RA---TAN',
  TCTYP2: 'DEC--TAN',
  TCRVL1: 83.63,
  TCRVL2: 22.01,
  TCRPX1: 10,
  TCRPX2: 10,
  TCDLT1: -0.1,
  TCDLT2: 0.1,
};
const table = memoryTable({ X: reals(10, 10, 19, 10), Y: reals(10, 14, 10, 16) }, KEYWORDS);

function withRegion(region: string): CompileOptions {
  return {
    resources: {
      readText: (name) => {
        if (name !== 'a.reg') throw new Error('no such file');
        return region;
      },
    },
  };
}

describe('regfilter()', () => {
  it('tests the columns X and Y, or any expressions', () => {
    expect(rowsOf(table, "regfilter('a.reg')", withRegion('circle(10,10,5)'))).toEqual([0, 1]);
    expect(rowsOf(table, "regfilter('a.reg', Y, X)", withRegion('box(10,10,1,19)'))).toEqual([0, 2]);
    expect(rowsOf(table, "regfilter('a.reg', X / 10, Y / 10)", withRegion('point(1,1)'))).toEqual([0, 1]);
  });

  it.each([
    'fk5;circle(83.63, 22.01, 0.5d)',
    "icrs;circle(5:34:31.2, +22:00:36, 30')",
    'fk5\ncircle(83.63,22.01,1800")',
  ])('brings %s onto the pixels of the table', (region) => {
    expect(rowsOf(table, "regfilter('a.reg')", withRegion(region))).toEqual([0, 1]);
  });

  it('takes the projection from named columns', () => {
    const options = withRegion('fk5;circle(83.63, 22.01, 0.5d)');
    expect(rowsOf(table, "regfilter('a.reg', X + 0 * Y, Y, 'X Y')", options)).toEqual([0, 1]);
    expect(errorOf(table, "regfilter('a.reg', X + 0 * Y, Y)", options)).toContain('uses several columns');
  });

  it('says so where text files cannot be read', () => {
    const options = { resources: { readTable: () => table } };
    expect(errorOf(table, "regfilter('a.reg')", options)).toContain('from "a.reg": text files cannot be read here.');
  });

  it('passes the error of a missing file on, with the place', () => {
    expect(errorOf(table, "regfilter('b.reg')", withRegion(''))).toMatch(
      /from "b.reg": no such file\n {2}regfilter.*\n {2}\^/,
    );
  });
});

describe('skyAxes()', () => {
  it('swaps the axes of columns with the declination first', () => {
    const schema = memoryTable(
      {},
      { ...KEYWORDS, TCTYP1: 'DEC--TAN', TCTYP2: 'RA---TAN', TCRVL1: 22.01, TCRVL2: 83.63 },
    );
    expect(skyAxes(schema, 1, 2)).toMatchObject({ raDeg: 83.63, decDeg: 22.01, rotationDeg: 90, yStep: -0.1 });
  });

  it('reads a rotation from TCROT, else from a matrix', () => {
    const angle = (30 * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    expect(skyAxes(memoryTable({}, { TCROT2: 30 }), 1, 2).rotationDeg).toBe(30);
    const matrix = memoryTable({}, { TPC1_1: cos, TPC1_2: -sin, TPC2_1: sin, TPC2_2: cos });
    expect(skyAxes(matrix, 1, 2).rotationDeg).toBeCloseTo(30, 10);
  });
});
