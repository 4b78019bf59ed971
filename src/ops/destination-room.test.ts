import { describe, expect, it } from 'vitest';
import { LocalDestination } from '../storage/index.ts';
import { type CopyPlan, type PlannedFile, planCopy, UNPUBLISHED_BYTES } from '../transfer/index.ts';
import { DestinationRoom } from './destination-room.ts';

const infoOf = (sizeBytes: number) => ({
  kind: 'file' as const,
  sizeBytes,
  mtimeMs: undefined,
  mode: undefined,
  identity: undefined,
});

/** Files to be copied: their sizes, and those of what is there. */
function planOf(files: readonly (readonly [size: number, there?: number])[]): CopyPlan {
  const candidates = files.map(
    ([size, there], position): Omit<PlannedFile, 'action' | 'reason'> => ({
      path: String(position),
      namedPaths: [String(position)],
      source: infoOf(size),
      destination: there === undefined ? undefined : infoOf(there),
      journal: undefined,
      incomplete: false,
    }),
  );
  return planCopy(candidates, 'always');
}

function roomFor(plan: CopyPlan, free: number, atOnce = 1): Promise<DestinationRoom> {
  const destination = new LocalDestination('/nowhere');
  destination.freeBytes = async () => free;
  return DestinationRoom.for(plan, destination, atOnce);
}

const MUCH = UNPUBLISHED_BYTES;

describe('DestinationRoom', () => {
  it.each([
    ['new files are needed together', [[MUCH], [MUCH], [MUCH]], 1, 3 * MUCH],
    [
      'what is replaced gives its room to later files',
      [
        [MUCH, MUCH],
        [MUCH, MUCH],
        [MUCH, MUCH],
      ],
      1,
      2 * MUCH,
    ],
    [
      'of files that come at the same time none gives its room to another',
      [
        [MUCH, MUCH],
        [MUCH, MUCH],
        [MUCH, MUCH],
        [MUCH, MUCH],
        [MUCH, MUCH],
      ],
      2,
      4 * MUCH,
    ],
    [
      'of small files many come before the first has its name',
      [
        [10, 10],
        [10, 10],
        [10, 10],
      ],
      1,
      30,
    ],
    ['a smaller one in its place gives the rest', [[MUCH, 2 * MUCH], [MUCH], [2 * MUCH]], 1, 2 * MUCH],
  ] as const)('%s', async (_, files, atOnce, needed) => {
    const plan = planOf(files);
    await expect(roomFor(plan, needed - 1, atOnce)).rejects.toMatchObject({ code: 'unwritable' });
    await expect(roomFor(plan, needed, atOnce)).resolves.toBeDefined();
  });

  it('counts files whose sizes come to be known', async () => {
    const room = await roomFor(planOf([[10]]), 30);
    room.take(20);
    expect(() => room.take(1)).toThrow(/There is no room in/);
  });
});
