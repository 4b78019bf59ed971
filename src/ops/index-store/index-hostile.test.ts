import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readTables, writeTables } from '../../../test/support/store.ts';
import { tempDirectory } from '../../../test/support/temp.ts';
import { replaceColumns } from '../../fits/index.ts';
import { STATE_DIRECTORY } from '../../transfer/index.ts';
import { events, gti, hduRows, index, obsRows, response, responses, writeFiles } from './testing/data-files.ts';

const card = (text: string) => text.padEnd(80);

describe('indexStore() on what should not be there', () => {
  it('names a gzip file that is cut off anywhere, and a header without end', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'whole.fits.gz': [events(1, { count: 20_000 }), gti(), ...responses()] });
    const whole = await readFile(join(directory, 'whole.fits.gz'));
    for (const [position, part] of [0.02, 0.5, 0.99].entries()) {
      await writeFile(join(directory, `cut${position}.fits.gz`), whole.subarray(0, whole.length * part));
    }
    await writeFile(join(directory, 'cut3.fits.gz'), whole.subarray(0, -1));
    const endless = card('SIMPLE  =                    T') + card('COMMENT').repeat(40_000);
    await writeFile(join(directory, 'endless.fits'), endless);
    await writeFile(join(directory, 'endless.fits.gz'), gzipSync(endless));
    const { problems } = await index(directory);
    expect(problems.map((problem) => /"([^"]*)"/.exec(problem)?.[1]?.replace(`${directory}/`, '')).sort()).toEqual([
      'cut0.fits.gz',
      'cut1.fits.gz',
      'cut2.fits.gz',
      'cut3.fits.gz',
      'endless.fits',
      'endless.fits.gz',
    ]);
    expect(await hduRows(directory)).toHaveLength(6);
  });

  it('knows gzip by its content and not by its name, of several members, too', async () => {
    const directory = await tempDirectory();
    const other = await tempDirectory();
    await writeFiles(other, { 'a.fits': [events(1, { count: 5000 }), gti()], 'b.fits': [events(2), gti()] });
    const [a, b] = [await readFile(join(other, 'a.fits')), await readFile(join(other, 'b.fits'))];
    await writeFile(join(directory, 'a.fits'), gzipSync(a));
    await writeFile(join(directory, 'b.fits.gz'), b);
    const half = a.length >> 1;
    const third = Buffer.from(
      a.toString('latin1').replace(/OBS_ID {2}= {20}1/, `OBS_ID  =${'3'.padStart(21)}`),
      'latin1',
    );
    await writeFile(
      join(directory, 'c.fits.gz'),
      Buffer.concat([gzipSync(third.subarray(0, half)), gzipSync(third.subarray(half))]),
    );
    expect((await index(directory)).problems).toEqual([]);
    expect(await hduRows(directory)).toEqual([
      '1 events a.fits[EVENTS]',
      '1 gti a.fits[GTI]',
      '2 events b.fits.gz[EVENTS]',
      '2 gti b.fits.gz[GTI]',
      '3 events c.fits.gz[EVENTS]',
      '3 gti c.fits.gz[GTI]',
    ]);
  });

  it('reads on where a member of a gzip file is as large as all that stands before it', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1, { count: 5000 }), gti()] });
    const bytes = await readFile(join(directory, 'a.fits'));
    const blocks = Array.from({ length: bytes.length / 2880 }, (_, i) => bytes.subarray(2880 * i, 2880 * (i + 1)));
    await writeFile(join(directory, 'a.fits.gz'), Buffer.concat(blocks.map((block) => gzipSync(block))));
    await rm(join(directory, 'a.fits'));
    expect((await index(directory)).problems).toEqual([]);
    expect(await hduRows(directory)).toEqual(['1 events a.fits.gz[EVENTS]', '1 gti a.fits.gz[GTI]']);
  });

  it('looks into deep folders and through links, not in circles, and passes over what is hidden', async () => {
    const directory = join(await tempDirectory(), 'store');
    const deep = Array.from({ length: 60 }, (_, level) => `level${level}`).join('/');
    const elsewhere = join(directory, '../elsewhere');
    await writeFiles(directory, {
      [`${deep}/a.fits`]: [events(1)],
      '.hidden/b.fits': [events(2)],
      '.c.fits': [events(3)],
      [`${STATE_DIRECTORY}/d.fits`]: [events(4)],
      'with blank/ü/e f.fits': [events(5)],
      'with blank/g h.fits': [events(6)],
    });
    await writeFiles(elsewhere, { 'z.fits': [events(9)] });
    await symlink(elsewhere, join(directory, 'linked'));
    await symlink('.', join(directory, 'circle'));
    await symlink('../..', join(directory, 'level0/level1/up'));
    await symlink('loop.fits', join(directory, 'loop.fits'));
    await mkdir(join(directory, 'folder.fits'));
    await writeFiles(directory, { 'line\nbreak.fits': [events(7)] });
    await writeFile(join(directory, 'no\nFITS.fits'), 'x');
    const { problems } = await index(directory);
    expect(problems).toEqual([
      `"${directory}/no\\nFITS.fits" is not a FITS file: it begins with "x", needed "SIMPLE  ="`,
      '"line\\nbreak.fits": an index can only name files whose names are ASCII without blanks at their ends.',
      '"with blank/ü/e f.fits": an index can only name files whose names are ASCII without blanks at their ends.',
    ]);
    expect(await hduRows(directory)).toEqual([
      `1 events ${deep}/a.fits[EVENTS]`,
      '6 events with blank/g h.fits[EVENTS]',
      '9 events linked/z.fits[EVENTS]',
    ]);
  });

  it('makes an index anew in the place of one that is broken, which has nothing that an update could keep', async () => {
    for (const name of ['obs-index.fits.gz', 'hdu-index.fits.gz']) {
      const directory = await tempDirectory();
      await writeFiles(directory, { 'a.fits': [events(1)] });
      await index(directory);
      const path = join(directory, name);
      const whole = await readFile(path);
      for (const content of [Buffer.from('garbage'), whole.subarray(0, whole.length - 30)]) {
        await writeFile(path, content);
        if (name.startsWith('obs')) {
          const update = index(directory, { existing: 'update' });
          await expect(update).rejects.toMatchObject({ code: 'bad-data', message: /Use --force to make it anew/ });
        }
        expect(await index(directory, { existing: 'replace' }), name).toMatchObject({ problems: [] });
        expect(await readFile(path)).toEqual(whole);
        await writeFile(path, content);
        if (name.startsWith('hdu')) {
          expect(await index(directory, { existing: 'update' })).toMatchObject({ problems: [], written: true });
          expect(await readFile(path)).toEqual(whole);
        }
      }
    }
  });

  it('refuses a place that is no directory of this machine', async () => {
    for (const directory of ['http://127.0.0.1:9/store', 'sftp://host/store', 's3://bucket/store']) {
      await expect(index(directory)).rejects.toMatchObject({ code: 'usage', message: /directory of this machine/ });
    }
  });

  it('has observations of large numbers, and the smallest ones', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, {
      'a.fits': [events(20131103103)],
      'b.fits': [events(0)],
      'c.fits': [events(-5)],
      'd.fits': [events(1, { cards: { OBS_ID: 1.5 } })],
      'e.fits': [events(1, { cards: { OBS_ID: '99999999999999999999' } })],
    });
    const { problems } = await index(directory);
    expect(problems).toHaveLength(2);
    expect((await obsRows(directory)).map((row) => Number(row['OBS_ID']))).toEqual([-5, 0, 20131103103]);
  });

  it('keeps no times of a former index that count from another moment', async () => {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)], 'b.fits': [events(2)] });
    await index(directory);
    const path = join(directory, 'obs-index.fits.gz');
    const [table] = await readTables(path);
    if (table === undefined) throw new Error('no table');
    const judged = replaceColumns(table, [{ name: 'QUALITY', form: '1K', values: [1, 2] }]);
    await writeTables(path, [judged]);
    const cards = { TSTART: '', TSTOP: '', MJDREFI: 55000 };
    await writeFiles(directory, { 'a.fits': [events(1, { cards })], 'b.fits': [events(2, { cards })] });
    await index(directory, { existing: 'update' });
    expect(await obsRows(directory)).toMatchObject([
      { QUALITY: 1, TSTART: Number.NaN, TMID: Number.NaN },
      { QUALITY: 2, TSTOP: Number.NaN },
    ]);
  });
});

describe('indexStore() that was interrupted', () => {
  /** What a run leaves that ends after some of its files have their names. */
  async function interrupted(missing: readonly string[]): Promise<string> {
    const directory = await tempDirectory();
    await writeFiles(directory, { 'a.fits': [events(1)], 'irf.fits': [response('aeff_2d')] });
    await index(directory);
    const digests: Record<string, string> = {};
    for (const name of ['hdu-index.fits.gz', 'obs-index.fits.gz']) {
      digests[name] = createHash('sha256')
        .update(await readFile(join(directory, name)))
        .digest('hex');
    }
    await writeFile(join(directory, STATE_DIRECTORY, 'indexing.json'), JSON.stringify(digests));
    for (const name of missing) await rm(join(directory, name));
    return directory;
  }

  it('is finished by the same command, whatever it had put in place', async () => {
    for (const missing of [['obs-index.fits.gz', 'master.json'], ['master.json'], []]) {
      const directory = await interrupted(missing);
      expect(await index(directory)).toMatchObject({ written: true, problems: [] });
      expect((await readdir(directory)).sort()).toEqual([
        '.iact',
        'a.fits',
        'hdu-index.fits.gz',
        'irf.fits',
        'master.json',
        'obs-index.fits.gz',
      ]);
      expect(await readdir(join(directory, STATE_DIRECTORY))).toEqual(['index.jsonl']);
      await expect(index(directory)).rejects.toMatchObject({ code: 'exists' });
    }
  });

  it('gives nobody the right to replace an index that it has not made', async () => {
    const directory = await interrupted(['master.json']);
    const path = join(directory, 'obs-index.fits.gz');
    const [table] = await readTables(path);
    if (table === undefined) throw new Error('no table');
    await writeTables(path, [replaceColumns(table, [{ name: 'QUALITY', form: '1K', values: [0] }])]);
    await expect(index(directory)).rejects.toMatchObject({ code: 'exists' });
    for (const text of ['no JSON', 'null', '[]']) {
      await writeFile(join(directory, STATE_DIRECTORY, 'indexing.json'), text);
      await expect(index(directory)).rejects.toMatchObject({ code: 'exists' });
    }
    expect(await index(directory, { existing: 'update' })).toMatchObject({ written: true });
    expect(await readdir(join(directory, STATE_DIRECTORY))).toEqual(['index.jsonl']);
  });
});
