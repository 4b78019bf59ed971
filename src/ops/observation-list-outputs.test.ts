import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import type { ObservationListRequest } from './make-observation-list.ts';
import { BACKGROUND, world } from './testing/observation-list-world.ts';

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
