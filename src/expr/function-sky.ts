import { elementwise, type FunctionEntry, type FunctionTable, numbers } from './function.ts';
import { box, circle, ellipse, near } from './kernel-sky.ts';
import { separation } from './separation.ts';

/** Functions of places: on the sky, and in a plane. */
export const SKY_FUNCTIONS: FunctionTable = new Map<string, FunctionEntry>([
  [
    'angsep',
    {
      usage: 'angsep(ra1, dec1, ra2, dec2) with numbers, in degrees',
      forms: [numbers(4)],
      build: ({ scope, span, args }) => separation(scope, span, args),
    },
  ],
  [
    'near',
    {
      usage: 'near(a, b, tolerance) with numbers',
      forms: [numbers(3)],
      build: (call) => elementwise(call, 'logical', near),
    },
  ],
  [
    'circle',
    {
      usage: 'circle(xCentre, yCentre, radius, x, y) with numbers',
      forms: [numbers(5)],
      build: (call) => elementwise(call, 'logical', circle),
    },
  ],
  [
    'box',
    {
      usage: 'box(xCentre, yCentre, width, height, angle, x, y) with numbers',
      forms: [numbers(7)],
      build: (call) => elementwise(call, 'logical', box),
    },
  ],
  [
    'ellipse',
    {
      usage: 'ellipse(xCentre, yCentre, xRadius, yRadius, angle, x, y) with numbers',
      forms: [numbers(7)],
      build: (call) => elementwise(call, 'logical', ellipse),
    },
  ],
]);
