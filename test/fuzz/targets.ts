import { fitsTarget, gzipTarget, indexTarget } from './fits-targets.ts';
import { locationTarget, pathTarget } from './name-targets.ts';
import { storeTarget } from './store-target.ts';
import type { FuzzTarget } from './target.ts';
import { filterTarget, jsonTarget, parTarget, runListTarget } from './text-targets.ts';

export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  ...[fitsTarget, gzipTarget, indexTarget, storeTarget],
  ...[jsonTarget, parTarget, runListTarget, filterTarget, locationTarget, pathTarget],
];
