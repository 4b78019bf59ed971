import { chmod, mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { observationStore, type TestObservation } from '../../test/support/observation-store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import type { ColumnSpec } from '../fits/index.ts';
import { parseRunList } from '../gadf/index.ts';
import { makeObservationList, type ObservationListRequest } from './make-observation-list.ts';
import type { ObservationListEvent } from './observation-list-events.ts';
import { openStore } from './open-store.ts';

type Index = { ids?: readonly number[]; columns?: readonly ColumnSpec[] };

/** A folder with a store, and a way to make lists of it. */
async function world(observations: readonly TestObservation[], index: Index = {}) {
  const folder = await tempDirectory();
  await observationStore(join(folder, 'store'), observations, index);
  const at = (name: string) => join(folder, name);
  const make = async (runs: string, change: Partial<ObservationListRequest> = {}) => {
    const events: ObservationListEvent[] = [];
    const summary = await makeObservationList({
      store: change.store ?? (await openStore(at('store/master.json'))),
      dataset: 'test',
      runs: parseRunList(runs, at('runs.lis'), { mayBeEmpty: true }),
      hierarchies: {
        events: ['events'],
        aeff: ['aeff_2d'],
        psf: ['psf_king', 'psf_3gauss', 'psf_table'],
        edisp: ['edisp_2d'],
        bkg: ['bkg_3d'],
      },
      background: BACKGROUND,
      observationFile: at('obs.xml'),
      modelFile: at('models.xml'),
      overwrite: true,
      onEvent: (event) => events.push(event),
      ...change,
    });
    const messages = events.flatMap((event) => (event.type === 'remark' ? [event.message] : []));
    const skipped = events.flatMap((event) => (event.type === 'skipped' ? [[event.run, event.reason]] : []));
    return { summary, events, messages, skipped };
  };
  const text = (name: string) => readFile(at(name), 'utf8');
  return { folder, at, make, text };
}

const BACKGROUND: ObservationListRequest['background'] = {
  types: ['irf', 'aeff', 'gauss'],
  useScales: true,
  freeParameters: 1,
  aeff: { norm: 1e-14, index: -2 },
  gauss: { norm: 1e-8, index: -2, sigma: 2.5 },
  rangeFactor: 100,
};

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

describe('makeObservationList() writes nothing', () => {
  const untouched = 'what was there before';

  async function expectNothingWritten(
    change: (at: (name: string) => string) => Partial<ObservationListRequest>,
    message: string,
  ) {
    const { make, text, at, folder } = await world([{ id: 1 }]);
    await writeFile(at('in.xml'), '<source_library><source name="bkg_1"/></source_library>');
    await writeFile(at('obs.xml'), untouched);
    await mkdir(at('directory'));
    const before = await readdir(folder);
    await expect(make('1', change(at))).rejects.toThrow(message);
    await expect(make('1', change(at))).rejects.toBeInstanceOf(IactError);
    expect(await readdir(folder)).toEqual(before);
    expect(await text('obs.xml')).toBe(untouched);
  }

  it.each<[string, (at: (name: string) => string) => Partial<ObservationListRequest>, string]>([
    ['into a directory that is not there', (at) => ({ modelFile: at('no/m.xml') }), 'there is no directory'],
    ['over a directory', (at) => ({ modelFile: at('directory') }), 'it is a directory'],
    ['over a device', () => ({ modelFile: '/dev/null' }), 'Cannot write "/dev/null": it is no regular file'],
    ['twice to one file', (at) => ({ modelFile: at('directory/../obs.xml') }), 'cannot both be written'],
    ['for a dataset that is not there', () => ({ dataset: 'x' }), 'There is no dataset "x" in "'],
    ['when the input models are missing', (at) => ({ inputModels: at('no.xml') }), 'no.xml" does not exist.'],
    ['when the input models are no XML', (at) => ({ inputModels: at('store/data/1.fits') }), 'no well-formed XML'],
    ['when a model has the name of a background', (at) => ({ inputModels: at('in.xml') }), 'The model "bkg_1" of "'],
    [
      'with settings that make no model',
      () => ({ background: { ...BACKGROUND, rangeFactor: 0 } }),
      'the range factor is 0',
    ],
    ['when it is stopped', () => ({ signal: AbortSignal.abort() }), 'was stopped'],
  ])('%s', async (_, change, message) => expectNothingWritten(change, message));

  it('over the run list', async () => {
    const { make, at, text } = await world([{ id: 1 }]);
    await writeFile(at('runs.lis'), '1\n');
    await expect(make('1', { observationFile: at('runs.lis') })).rejects.toThrow('is the run list');
    expect(await text('runs.lis')).toBe('1\n');
  });

  it('for a run list of something else than IDs, or a path that leaves the store', async () => {
    const { make, folder } = await world([{ id: 1 }, { id: 2, files: { psf: '../../out.fits' } }]);
    const before = await readdir(folder);
    await expect(make('1\n2\n')).rejects.toThrow('row 8 (OBS_ID 2): the path "data/../../out.fits" leaves the store');
    await expect(make('1\nCrab\n')).rejects.toThrow('line 2: "Crab" is no observation ID');
    expect(await readdir(folder)).toEqual(before);
  });

  it('over files that exist, where they are to be kept, and says which', async () => {
    const { make, at, text } = await world([{ id: 1 }]);
    await writeFile(at('obs.xml'), untouched);
    const { events } = await make('1', { overwrite: false });
    expect(await text('obs.xml')).toBe(untouched);
    expect(await text('models.xml')).toContain('bkg_1');
    expect(events.filter(({ type }) => type === 'output')).toEqual([
      { type: 'output', content: 'observations', file: at('obs.xml'), saved: false },
      { type: 'output', content: 'models', file: at('models.xml'), saved: true },
    ]);
  });

  it('in place of a symbolic link: what it leads to is replaced, with its mode', async () => {
    const { make, at, text } = await world([{ id: 1 }]);
    await writeFile(at('directory.xml'), untouched);
    await chmod(at('directory.xml'), 0o600);
    await symlink('directory.xml', at('obs.xml'));
    await make('1');
    expect(await text('directory.xml')).toContain('<observation name=');
    expect(
      (await readdir(at('.'), { withFileTypes: true })).find(({ name }) => name === 'obs.xml')?.isSymbolicLink(),
    ).toBe(true);
  });
});
