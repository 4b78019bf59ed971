import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import { LocalSource } from '../storage/index.ts';
import { checkStoreFiles, type Finding } from './index.ts';
import { type EditedHdu, writeEditedStore } from './testing/edited-store.ts';
import { all, cell, cells, in32Bits } from './testing/edits.ts';

/** What is found in a store whose observation index holds its times with 32 bits. */
async function found(...edits: readonly ((index: EditedHdu) => void)[]): Promise<readonly Finding[]> {
  const edit = { hdus: { OBS_INDEX: all(...edits, in32Bits('TSTART', 'TSTOP')) } };
  const findings: Finding[] = [];
  await checkStoreFiles(new LocalSource(await writeEditedStore(await tempDirectory(), edit)), 'master.json', {
    onFinding: (finding) => findings.push(finding),
    onFailure: ({ code, message }) => expect.fail(`${code}: ${message}`),
  });
  return findings;
}

const COLUMNS = [
  ['time-32-bit', 'TSTART', undefined],
  ['time-32-bit', 'TSTOP', undefined],
];

const places = (findings: readonly Finding[]) => findings.map(({ code, column, row }) => [code, column, row]);

describe('checkStoreFiles() of an observation index whose times have 32 bits (VERITAS)', () => {
  it('tells the columns, and not each row that they round', async () => {
    expect(places(await found())).toEqual(COLUMNS);
  });

  it('does so where the index counts from another moment than the event lists', async () => {
    const earlier = (time: number) => time - 100 * 86_400;
    const findings = await found(cells('TSTART', earlier), cells('TSTOP', earlier), ({ header }) =>
      header.set('MJDREFI', (header.integer('MJDREFI') ?? 0) + 100),
    );
    const ofReference = ['time-reference-mismatch', undefined, undefined];
    expect(places(findings)).toEqual([...COLUMNS, ofReference]);
  });

  it('tells a row that is off by more than that', async () => {
    const findings = await found(cell('TSTART', (time) => time - 600));
    expect(places(findings)).toContainEqual(['index-values', 'TSTART', 1]);
  });
});
