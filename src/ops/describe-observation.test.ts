import { rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { customStore, hduIndexTable, obsIndexTable, simulatedStore, writeTables } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { buildTable } from '../fits/index.ts';
import { simulateStore } from '../simulate/index.ts';
import { describeObservation, type ObservationDescription } from './describe-observation.ts';
import { openStore } from './open-store.ts';

const describeIn = async (master: string, dataset: string, id: string): Promise<ObservationDescription> =>
  describeObservation(await openStore(master), dataset, id);

describe('describeObservation()', () => {
  it('tells the truth of a simulated observation', async () => {
    const options = { observations: 3, eventsPerObservation: 200 };
    const store = await simulatedStore(await tempDirectory(), options);
    const truth = simulateStore(options).truth.observations[1]!;
    const found = await describeIn(store.master, store.dataset, `0${truth.obsId}`);
    expect(found.problems).toEqual([]);
    expect(found.id).toBe(truth.obsId);
    const value = (name: string) => found.metadata.find((each) => each.name === name)?.value;
    expect([value('OBJECT'), value('TSTART'), value('QUALITY')]).toEqual([truth.object, truth.startMet, 0]);
    expect(found.hdus.map(({ type }) => type)).toEqual(['events', 'gti', 'aeff', 'edisp', 'psf', 'bkg']);
    expect(found.hdus[0]?.content?.shape).toBe(`${truth.source + truth.background} rows x 7 columns`);
    expect(found.hdus[2]?.content?.shape).toMatch(/^1 row x 5 columns, EFFAREA \d+ x \d+$/);
    expect(found.goodTime?.intervals.map(({ start, stop }) => [start.time, stop.time])).toEqual(
      truth.goodTime.map(({ startMet, stopMet }) => [startMet, stopMet]),
    );
    expect(found.goodTime?.total).toBeCloseTo(truth.ontimeSeconds, 6);
    expect(found.events?.count).toBe(truth.source + truth.background);
    const { first, last } = found.events!.time!;
    expect(first.time).toBeGreaterThanOrEqual(truth.startMet);
    expect(last.time).toBeLessThanOrEqual(truth.stopMet);
    expect(value('START_UTC')).toBe(found.goodTime?.intervals[0]?.start.utc);
  });

  it('names missing and broken files, and tells the rest', async () => {
    const store = await simulatedStore(await tempDirectory(), { observations: 2, sharedIrfs: true });
    const [first = 0, second = 0] = store.ids;
    await rm(join(store.directory, store.fileOf(first)));
    const missing = await describeIn(store.master, store.dataset, String(first));
    expect(missing.problems).toEqual([`"${join(store.directory, store.fileOf(first))}" does not exist.`]);
    expect(missing).toMatchObject({ events: undefined, goodTime: undefined });
    expect(missing.metadata.length).toBeGreaterThan(10);
    expect(missing.hdus.filter(({ content }) => content !== undefined).map(({ type }) => type)).toEqual([
      'aeff',
      'edisp',
      'psf',
      'bkg',
    ]);
    await truncate(join(store.directory, store.fileOf(second)), 500);
    const broken = await describeIn(store.master, store.dataset, String(second));
    expect(broken.problems).toHaveLength(1);
    expect(broken.problems[0]).toContain(store.fileOf(second));
  });

  it('names an HDU that its file has not, and columns that a table lacks', async () => {
    const directory = await tempDirectory();
    const events = buildTable({ name: 'EVENTS', columns: [{ name: 'ENERGY', form: '1E', values: [1, 2] }] });
    const { master } = await customStore(directory, [], {
      files: [],
      obsTables: [obsIndexTable([1])],
      hduTables: [
        hduIndexTable([
          { id: 1, name: 'a.fits' },
          { id: 1, name: 'a.fits', type: 'gti' },
          { id: 1, name: '../../b.fits', type: 'aeff' },
        ]),
      ],
    });
    await writeTables(join(directory, 'data/a.fits'), [events]);
    const { problems, hdus } = await describeIn(master, 'custom', '1');
    expect(hdus.map(({ content }) => content?.shape)).toEqual(['2 rows x 1 columns', '2 rows x 1 columns', undefined]);
    expect(
      problems.some((each) => each.includes('row 3 (OBS_ID 1): the path "data/../../b.fits" leaves the store')),
    ).toBe(true);
    expect(problems.some((each) => each.includes('no column "START"'))).toBe(true);
    expect(problems.some((each) => each.includes('no column "TIME"'))).toBe(true);
  });

  it('tells when only one of the indexes lists it, and refuses what neither does', async () => {
    const { master } = await customStore(await tempDirectory(), [{ id: 7, name: 'a.fits' }], {
      files: [],
      obsTables: [obsIndexTable([123, 124])],
    });
    expect((await describeIn(master, 'custom', '7')).problems[0]).toMatch(/^Observation index .* does not list it\.$/);
    expect((await describeIn(master, 'custom', '123')).problems).toEqual([
      expect.stringMatching(/^HDU index .* does not/),
    ]);
    await expect(describeIn(master, 'custom', '125')).rejects.toMatchObject({
      code: 'not-found',
      message: 'Dataset "custom" has no observation "125". Did you mean 123 or 124?',
    });
  });
});
