import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { type BinTable, buildTable, readFits, setChecksum, writeFits } from '../fits/index.ts';
import { LocalSource } from '../storage/index.ts';
import { MAX_TABLE_BYTES } from './check-file.ts';
import { type CheckOptions, checkStoreFiles, type Finding, type ObservationSummary, type Rule } from './index.ts';
import { FIRST_FILE, writeEditedStore } from './testing/edited-store.ts';
import { card } from './testing/edits.ts';

async function check(directory: string, options: Partial<CheckOptions> = {}) {
  const findings: Finding[] = [];
  const failures: string[] = [];
  const observations: ObservationSummary[] = [];
  const totals = await checkStoreFiles(new LocalSource(directory), 'master.json', {
    onFinding: (finding) => findings.push(finding),
    onFailure: ({ code, message }) => failures.push(`${code}: ${message}`),
    onObservation: (summary) => observations.push(summary),
    ...options,
  });
  return { findings, failures, observations, totals };
}

/** Gives the HDU index SIZE and MD5. */
async function withSizes(directory: string, size: (bytes: number) => number, md5: (digest: string) => string) {
  const path = join(directory, 'hdu-index.fits');
  const [, index] = await readFits(
    (async function* () {
      yield new Uint8Array(await readFile(path));
    })(),
    { uri: path, inflate: (compressed) => compressed },
  );
  const files = await Promise.all(
    [1, 2].map(async (n) => readFile(join(directory, `data/simulated_obs_id_10000${n}.fits`))),
  );
  const values = Array.from({ length: 12 }, (_, row) => files[row < 6 ? 0 : 1]!);
  const table: BinTable = buildTable({
    name: 'MORE',
    columns: [
      { name: 'SIZE', form: '1J', values: values.map((bytes) => size(bytes.length)) },
      { name: 'MD5', form: '32A', values: values.map((bytes) => md5(createHash('md5').update(bytes).digest('hex'))) },
    ],
  });
  const header = index!.header.clone();
  const width = header.integer('NAXIS1')!;
  const fields = header.integer('TFIELDS')!;
  const rows = Array.from({ length: 12 }, (_, row) => [
    index!.data!.subarray(row * width, (row + 1) * width),
    table.rows.subarray(row * 36, (row + 1) * 36),
  ]).flat();
  header.set('NAXIS1', width + 36);
  header.set('TFIELDS', fields + 2);
  for (const [n, name, form] of [
    [1, 'SIZE', '1J'],
    [2, 'MD5', '32A'],
  ] as const) {
    header.set(`TTYPE${fields + n}`, name);
    header.set(`TFORM${fields + n}`, form);
  }
  const output = { header, data: new Uint8Array(Buffer.concat(rows)) };
  setChecksum(output);
  const before = (await readFile(path)).subarray(0, 2880);
  const hdus = [...writeFits([{ header: (await first(before)).header }, output])];
  await writeFile(path, Buffer.concat(hdus));
}

async function first(bytes: Uint8Array) {
  const [hdu] = await readFits(
    (async function* () {
      yield bytes;
    })(),
    { uri: 'x', inflate: (compressed) => compressed },
  );
  return hdu!;
}

describe('file-size and file-md5', () => {
  it('have nothing to say of an index that is right', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    await withSizes(
      directory,
      (bytes) => bytes,
      (digest) => digest.toUpperCase(),
    );
    expect((await check(directory)).findings).toEqual([]);
  });

  it('tell of another size, once for a file', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    await withSizes(
      directory,
      (bytes) => bytes + 1,
      (digest) => digest,
    );
    const { findings } = await check(directory);
    expect(findings).toMatchObject([
      {
        code: 'file-size',
        severity: 'warning',
        row: 1,
        count: 6,
        repair: { kind: 'set-cells', column: 'SIZE', cells: Array.from({ length: 6 }, (_, i) => ({ row: i + 1 })) },
      },
      { code: 'file-size', severity: 'warning', row: 7, count: 6 },
    ]);
  });

  it('tell of another MD5, and not with --fast', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    await withSizes(
      directory,
      (bytes) => bytes,
      (digest) => digest.replace(/./, (c) => (c === '0' ? '1' : '0')),
    );
    const { findings } = await check(directory);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
      ['file-md5', 'error'],
      ['file-md5', 'error'],
    ]);
    expect((await check(directory, { fast: true })).findings).toEqual([]);
  });
});

describe('checkStoreFiles()', () => {
  it('names a rule that fails as a fault of ours, and goes on', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    const broken: Rule = {
      code: 'broken',
      severity: 'error',
      title: '',
      detail: '',
      clause: '',
      checks: {
        hdu: () => {
          throw new TypeError('x is not a function');
        },
        rows: () => ({
          batch: () => {
            throw new RangeError('too far');
          },
        }),
      },
    };
    const told: Rule = {
      ...broken,
      code: 'told',
      checks: { totals: (dataset, { events }, report) => report(dataset.place, { message: String(events) }) },
    };
    const { failures, findings, totals } = await check(directory, { rules: [broken, told] });
    expect(failures).toContain('broken: x is not a function');
    expect(failures.filter((text) => text === 'broken: too far')).toHaveLength(2);
    expect(totals.failures).toBe(failures.length);
    expect(findings).toMatchObject([{ code: 'told', dataset: 'simulated' }]);
  });

  it('checks what comes before a break in a file', async () => {
    const directory = await writeEditedStore(await tempDirectory(), {
      hdus: { EVENTS: card('OBS_ID', 5) },
      bytes: { [FIRST_FILE]: (bytes) => bytes.slice(0, 60_000) },
    });
    const { findings, observations } = await check(directory);
    expect(findings.map(({ code }) => code).sort()).toEqual(['fits-unreadable', 'obs-id-header']);
    expect(observations[0]).toMatchObject({ obsId: 100001, missing: ['bkg', 'psf'] });
  });

  it('tells what every observation has', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    const { observations, totals } = await check(directory);
    const hdus = { aeff: 'aeff_2d', bkg: 'bkg_3d', edisp: 'edisp_2d', events: 'events', gti: 'gti', psf: 'psf_table' };
    expect(observations).toEqual([
      { dataset: 'simulated', obsId: 100001, hdus, missing: [] },
      { dataset: 'simulated', obsId: 100002, hdus, missing: [] },
    ]);
    expect(totals).toEqual({
      counts: { error: 0, warning: 0, note: 0 },
      failures: 0,
      observations: 2,
      files: 2,
    });
  });

  it('reads an event list that is too large to be held in batches, and counts rows through all of them', async () => {
    const directory = await writeEditedStore(await tempDirectory(), {
      options: { eventsPerObservation: 5 },
      hdus: {
        EVENTS: (hdu) => {
          const width = Number(hdu.header.get('NAXIS1'));
          const row = hdu.data.slice(0, width);
          const many = Math.ceil((MAX_TABLE_BYTES * 1.05) / width);
          hdu.data = new Uint8Array(many * width);
          for (let i = 0; i < many; i++) hdu.data.set(row, i * width);
          hdu.header.set('NAXIS2', many);
          // ENERGY: after EVENT_ID, TIME, RA and DEC.
          new DataView(hdu.data.buffer).setFloat32((many - 1) * width + 24, -1);
        },
      },
    });
    const { findings } = await check(directory);
    const values = findings.filter(({ code }) => code === 'event-values');
    expect(values).toMatchObject([{ column: 'ENERGY', count: 1, found: '-1' }]);
    expect(values[0]!.row).toBeGreaterThan(1_900_000);
  }, 120_000);

  it('tells of a response that is too large to be held', async () => {
    const size = MAX_TABLE_BYTES / 4 + 1;
    const large = buildTable({
      name: 'LARGE',
      columns: [{ name: 'RAD_MAX', form: `${size}E`, unit: 'deg', values: new Float32Array(size) }],
      cards: [
        ['HDUCLAS1', 'RESPONSE'],
        ['HDUCLAS4', 'RAD_MAX_2D'],
      ],
    });
    const directory = await writeEditedStore(await tempDirectory(), { added: [large] });
    const { findings } = await check(directory);
    expect(findings.filter(({ code }) => code === 'table-too-large')).toMatchObject([
      { severity: 'note', hdu: { index: 7, name: 'LARGE' } },
    ]);
  });

  it('refuses a dataset that is not there', async () => {
    const directory = await writeEditedStore(await tempDirectory());
    await expect(check(directory, { dataset: 'other' })).rejects.toMatchObject({ code: 'not-found' });
  });
});
