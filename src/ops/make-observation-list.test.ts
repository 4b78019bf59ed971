import { rename, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../fits/index.ts';
import { openStore } from './open-store.ts';
import { BACKGROUND, world } from './testing/observation-list-world.ts';

const scales = (values: readonly number[]): ColumnSpec => ({ name: 'BKG_SCALE', form: '1E', values: [...values] });
const idsIn = (xml: string) => [...xml.matchAll(/<observation .*id="([^"]*)"/g)].map(([, id]) => id);
const normalization = (xml: string) => [...xml.matchAll(/"Normalization" value="([^"]*)"/g)].map(([, value]) => value);

describe('makeObservationList()', () => {
  it('makeObservationList() writes one list, in the order of the run list, with IDs as they are written there', async () => {
    const { make, text } = await world([{ id: 1 }, { id: 2 }, { id: 3 }]);
    const { summary } = await make('3\n0001\n');
    expect(summary).toEqual({ observations: 2, energiesTev: { min: 0.5, max: 100 } });
    const xml = await text('obs.xml');
    expect(idsIn(xml)).toEqual(['3', '0001']);
    expect(xml.match(/<observation_list/g)).toHaveLength(1);
    expect(await text('models.xml')).toContain(
      '<source name="bkg_0001" type="CTAIrfBackground" instrument="HESS" id="0001"',
    );
  });

  it('makeObservationList() takes a run that is listed twice once, whatever its spelling, and tells the line', async () => {
    const { make, text } = await world([{ id: 1 }, { id: 2 }]);
    const { skipped } = await make('1\n2\n# again\n001\n9\n09\n');
    expect(skipped).toEqual([
      ['001', { kind: 'repeated', line: 1 }],
      ['9', { kind: 'not-indexed', role: 'events' }],
      ['09', { kind: 'repeated', line: 5 }],
    ]);
    expect(idsIn(await text('obs.xml'))).toEqual(['1', '2']);
  });

  it.each(['events', 'aeff', 'psf'] as const)('makeObservationList() skips an observation without %s', async (role) => {
    const { make, text } = await world([{ id: 1, without: [role] }, { id: 2 }]);
    expect((await make('1\n2\n')).skipped).toEqual([['1', { kind: 'not-indexed', role }]]);
    expect(idsIn(await text('obs.xml'))).toEqual(['2']);
    expect(await text('models.xml')).not.toContain('bkg_1');
  });

  it('makeObservationList() skips an observation whose file is missing, broken, or lacks the HDU, and says which', async () => {
    const { make, text, at } = await world([
      { id: 1, noFile: true },
      { id: 2 },
      { id: 3, hduNames: { events: 'NOPE' } },
      { id: 4 },
      { id: 5 },
    ]);
    await writeFile(at('store/data/2.fits'), 'no FITS');
    await truncate(at('store/data/4.fits'), 5000);
    const { skipped } = await make('1\n2\n3\n4\n5\n');
    expect(skipped).toEqual([
      ['1', { kind: 'no-file', role: 'events', file: `${at('store')}/data/1.fits[EVENTS]` }],
      ['2', { kind: 'unreadable', message: expect.stringContaining('data/2.fits" is not a FITS file') }],
      ['3', { kind: 'unreadable', message: expect.stringContaining('data/3.fits" holds no HDU "NOPE".') }],
      ['4', { kind: 'unreadable', message: expect.stringContaining('data/4.fits" is truncated') }],
    ]);
    expect(idsIn(await text('obs.xml'))).toEqual(['5']);
  });

  it('makeObservationList() skips an observation whose point spread function is broken, or is not in its file', async () => {
    const { make, text, at } = await world([
      { id: 1, hduNames: { psf: 'NOPE' } },
      { id: 2, files: { psf: 'psf.fits' } },
      { id: 3 },
    ]);
    await writeFile(at('store/data/psf.fits'), 'no FITS');
    const { skipped } = await make('1\n2\n3\n');
    expect(skipped).toEqual([
      ['1', { kind: 'unreadable', message: expect.stringContaining('data/1.fits" holds no HDU "NOPE".') }],
      ['2', { kind: 'unreadable', message: expect.stringContaining('data/psf.fits" is not a FITS file') }],
    ]);
    expect(idsIn(await text('obs.xml'))).toEqual(['3']);
  });

  it('makeObservationList() goes without an optional file that is broken, or lacks the HDU, and says so', async () => {
    const { make, text, at } = await world([
      { id: 1, hduNames: { edisp: 'NOPE' } },
      { id: 2, files: { bkg: 'bkg.fits' } },
    ]);
    await writeFile(at('store/data/bkg.fits'), '');
    const { skipped, messages, events } = await make('1\n2\n');
    expect(skipped).toEqual([]);
    expect(messages).toEqual([
      expect.stringMatching(/^Observation "1": it goes without a file: ".*data\/1\.fits" holds no HDU "NOPE"\.$/),
      expect.stringMatching(/^Observation "2": it goes without a file: ".*data\/bkg\.fits" is not a FITS file.*\.$/),
    ]);
    expect(events.filter(({ type }) => type === 'without' || type === 'fallback')).toEqual([
      { type: 'without', run: '1', role: 'edisp' },
      { type: 'without', run: '2', role: 'bkg' },
      { type: 'fallback', run: '2', background: 'aeff' },
    ]);
    const xml = await text('obs.xml');
    expect(xml).toContain('<parameter name="EnergyDispersion" file="" />');
    expect(xml).toContain('<parameter name="Background" file="" />');
  });

  it('makeObservationList() warns of a path that ctools cannot open for its bracket, once', async () => {
    const { make, at } = await world([{ id: 1 }, { id: 2 }]);
    expect((await make('1\n2\n')).messages).toEqual([]);
    await rename(at('store'), at('store [new]'));
    const { messages } = await make('1\n2\n', { store: await openStore(at('store [new]/master.json')) });
    expect(messages).toEqual([
      expect.stringMatching(
        /^ctools cannot open ".*store \[new\]\/data\/1\.fits": it takes the first "\[" for the end/,
      ),
    ]);
  });

  it('makeObservationList() takes a number in HDU_NAME for the number of the HDU, and keeps it in the list', async () => {
    const { make, text } = await world([{ id: 1, hduNames: { events: '1', aeff: '2' } }]);
    await make('1');
    const xml = await text('obs.xml');
    expect(xml).toContain('name="Crab Nebula" id="1" instrument="HESS"');
    expect(xml).toContain('data/1.fits[1]"');
  });

  it('makeObservationList() falls back to the next background where there is none', async () => {
    const { make, text } = await world([{ id: 1, without: ['bkg', 'edisp'] }]);
    const told = async (types: readonly string[]) =>
      (await make('1', { background: { ...BACKGROUND, types } })).events.filter(({ type }) =>
        ['without', 'fallback', 'skipped'].includes(type),
      );
    const without = [
      { type: 'without', run: '1', role: 'edisp' },
      { type: 'without', run: '1', role: 'bkg' },
    ];
    expect(await told(['irf', 'gauss', 'aeff'])).toEqual([
      ...without,
      { type: 'fallback', run: '1', background: 'gauss' },
    ]);
    expect(await text('models.xml')).toContain('type="RadialAcceptance"');
    expect(await text('obs.xml')).toContain('<parameter name="Background" file="" />');
    expect(await told(['irf'])).toEqual([...without, { type: 'skipped', run: '1', reason: { kind: 'no-background' } }]);
    expect(await text('models.xml')).toContain('<source_library title="source library" />');
  });

  it('makeObservationList() goes without an optional file that is listed and does not exist', async () => {
    const { make, text } = await world([{ id: 1, files: { bkg: 'gone.fits', edisp: 'gone.fits' } }]);
    const { events } = await make('1');
    expect(events.flatMap((event) => (event.type === 'without' ? [event.role] : []))).toEqual(['edisp', 'bkg']);
    expect(await text('obs.xml')).toMatch(/"EnergyDispersion" file="" [\s\S]*"Background" file="" /);
    expect(await text('models.xml')).toContain('type="CTAAeffBackground"');
  });

  it('makeObservationList() refuses a background of an unknown type when it comes to it', async () => {
    const { make } = await world([{ id: 1 }]);
    await make('1', { background: { ...BACKGROUND, types: ['aeff', 'IRF'] } });
    await expect(make('1', { background: { ...BACKGROUND, types: ['IRF'] } })).rejects.toThrow(
      'Background type "IRF" unsupported.',
    );
  });

  it('makeObservationList() applies background scales; a run that the observation index lacks has 1, with a remark', async () => {
    const observations = [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }];
    const index = { ids: [1, 3, 4], columns: [scales([0.7, Number.NaN, -1])] };
    const { make, text } = await world(observations, index);
    const { events, messages } = await make('1\n2\n3\n4\n');
    expect(normalization(await text('models.xml'))).toEqual(['0.699999988079071', '1', '1', '1']);
    expect(events.flatMap((event) => (event.type === 'appended' ? [event.backgroundScale] : []))).toEqual([
      Math.fround(0.7),
      1,
      1,
      1,
    ]);
    expect(messages).toEqual([
      'Observation "2": the observation index does not list it; the background scale is taken as 1.',
      'Observation "3": its BKG_SCALE is NaN; the background scale is taken as 1.',
      'Observation "4": its BKG_SCALE is -1; the background scale is taken as 1.',
    ]);
    await make('1', { background: { ...BACKGROUND, useScales: false } });
    expect(normalization(await text('models.xml'))).toEqual(['1']);
  });

  it('makeObservationList() does without an observation index, and says so where scales are wanted', async () => {
    const { make, at } = await world([{ id: 1 }]);
    await writeFile(at('store/obs-index.fits.gz'), 'no FITS');
    const { summary, messages } = await make('1');
    expect(summary.observations).toBe(1);
    expect(messages).toEqual([
      expect.stringMatching(/^There are no background scales: .*obs-index\.fits\.gz" is not a FITS/),
    ]);
    expect((await make('1', { background: { ...BACKGROUND, useScales: false } })).messages).toEqual([]);
  });

  it('makeObservationList() finds a substitute for OBJECT and TELESCOP, and tells which', async () => {
    const objects: ColumnSpec = { name: 'OBJECT', form: '10A', values: ['M 87', 'M 87'] };
    const { make, text } = await world(
      [
        { id: 1, events: [] },
        { id: 2, events: [], aeff: [] },
        { id: 3, events: [], aeff: [] },
      ],
      {
        ids: [1, 2],
        columns: [objects],
      },
    );
    const { messages } = await make('1\n2\n3\n');
    expect(await text('obs.xml')).toMatch(
      /name="M 87" id="1" instrument="HESS"[\s\S]*name="M 87" id="2" instrument=""/,
    );
    expect(await text('obs.xml')).toContain('<observation name="" id="3" instrument="">');
    expect(await text('models.xml')).toContain('<source name="bkg_2" type="CTAIrfBackground" id="2" tscalc="0">');
    expect(messages).toEqual([
      'Observation "1": its event list has no keyword OBJECT; "M 87" of the observation index is taken.',
      'Observation "1": its event list has no keyword TELESCOP; "HESS" of the effective area is taken.',
      'Observation "2": its event list has no keyword OBJECT; "M 87" of the observation index is taken.',
      expect.stringContaining('Observation "2": its event list has no keyword TELESCOP; the instrument stays empty'),
      'Observation "3": its event list has no keyword OBJECT; the name stays empty.',
      expect.stringContaining('Observation "3"'),
    ]);
  });

  it('makeObservationList() passes over thresholds that are none, and takes the default energies', async () => {
    const thresholds = (low: number | string, high: number) =>
      [
        ['LO_THRES', low],
        ['HI_THRES', high],
      ] as const;
    const { make, text } = await world([
      { id: 1, aeff: thresholds(10, 1) },
      { id: 2, aeff: thresholds('x', 1) },
      { id: 3, aeff: [['LO_THRES', 1]] },
      { id: 4, aeff: thresholds(1, 10) },
    ]);
    const background = { ...BACKGROUND, freeParameters: 3 };
    const { summary, messages } = await make('1\n2\n3\n4', { background });
    expect(messages).toEqual([
      expect.stringContaining('Observation "1": in its effective area, LO_THRES is 10 and HI_THRES is 1'),
      expect.stringContaining('Observation "2": in its effective area, LO_THRES is x and HI_THRES is 1'),
    ]);
    expect(summary.energiesTev).toEqual({ min: 1, max: 10 });
    const first = [...(await text('models.xml')).matchAll(/<node>\s*<parameter name="Energy" value="([^"]*)"/g)];
    expect(first.filter((_, position) => position % 3 === 0).map(([, value]) => Number(value).toFixed(0))).toEqual([
      '46416',
      '46416',
      '46416',
      '1467799',
    ]);
  });

  it('makeObservationList() appends the models of a file behind its own', async () => {
    const { make, text, at } = await world([{ id: 1 }]);
    await writeFile(at('in.xml'), '<source_library><source name="Crab" type="PointSource"/></source_library>');
    const { events } = await make('1', { inputModels: at('in.xml') });
    expect([...(await text('models.xml')).matchAll(/<source name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'bkg_1',
      'Crab',
    ]);
    expect(events).toContainEqual({ type: 'input-models', file: at('in.xml'), names: ['Crab'] });
  });

  it('makeObservationList() writes empty files where no run is usable, also for a run list without runs', async () => {
    const { make, text } = await world([{ id: 1 }]);
    for (const runs of ['9\n', '# none\n']) {
      expect((await make(runs)).summary).toEqual({ observations: 0, energiesTev: undefined });
      expect((await text('obs.xml')).split('\n').slice(1)).toEqual([
        '<observation_list title="observation list" />',
        '',
      ]);
      expect((await text('models.xml')).split('\n').slice(1)).toEqual([
        '<source_library title="source library" />',
        '',
      ]);
    }
  });

  it('makeObservationList() escapes what a header holds', async () => {
    const { make, text } = await world([
      {
        id: 1,
        events: [
          ['OBJECT', `A & <B> "C" 'D'`],
          ['TELESCOP', 'HESS'],
        ],
      },
    ]);
    await make('1');
    expect(await text('obs.xml')).toContain('name="A &amp; &lt;B&gt; &quot;C&quot; &apos;D&apos;"');
  });
});
