import { join } from 'node:path';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalDestination } from './local-destination.ts';
import { destinationConformance } from './testing/destination-conformance.ts';

destinationConformance(
  'LocalDestination',
  async () => {
    const root = join(await tempDirectory(), 'not/yet there');
    return {
      destination: new LocalDestination(root),
      again: async () => new LocalDestination(root),
      stop: async () => undefined,
    };
  },
  { mode: true, mtime: 'milliseconds', directories: true, parts: false },
);
