import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../test/support/temp.ts';
import type { SimulateOptions } from '../simulate/index.ts';
import { LocalSource } from '../storage/index.ts';
import { CATALOGUE, checkStoreFiles, type Finding, type RuleFailure } from './index.ts';
import { CASES, GOOD_RESPONSES } from './testing/cases/index.ts';
import { type StoreEdit, writeEditedStore } from './testing/edited-store.ts';

async function check(edit: StoreEdit, fast = false): Promise<{ findings: Finding[]; failures: RuleFailure[] }> {
  const findings: Finding[] = [];
  const failures: RuleFailure[] = [];
  const source = new LocalSource(await writeEditedStore(await tempDirectory(), edit));
  await checkStoreFiles(source, 'master.json', {
    fast,
    onFinding: (finding) => findings.push(finding),
    onFailure: (failure) => failures.push(failure),
  });
  return { findings, failures };
}

describe('a clean store', () => {
  const variants: [string, Partial<SimulateOptions>][] = [
    ['as it is made', {}],
    [
      'of other responses, shared by all, with indexes in a folder',
      { psf: 'psf_3gauss', background: 'bkg_2d', sharedIrfs: true, indexDir: 'index/a' },
    ],
    ['compressed by name only', { observations: 3, gzip: true }],
    ['with an observation without events', { emptyObservations: [1] }],
    ['of many observations', { observations: 40, seed: 9 }],
  ];
  it.each(variants)('gives no findings: %s', async (_, options) => {
    expect(await check({ options })).toEqual({ findings: [], failures: [] });
    expect(await check({ options }, true)).toEqual({ findings: [], failures: [] });
  });

  it('gives no findings: with responses of other formats', async () => {
    expect(await check({ added: GOOD_RESPONSES })).toEqual({ findings: [], failures: [] });
  });
});

describe('a store with one fault', () => {
  it.each(CASES.map((each) => [each.code, each.fault, each] as const))(
    '%s finds %s, and nothing else',
    async (code, _, each) => {
      const { findings, failures } = await check(each.edit);
      expect(failures).toEqual([]);
      const own = findings.filter((finding) => finding.code === code);
      expect(own.map(({ message }) => message).join('\n')).toMatch(each.message);
      expect(own.find(({ message }) => each.message.test(message))?.severity).toBe(each.severity);
      const others = [...new Set(findings.map((finding) => finding.code))].filter((other) => other !== code);
      expect(others.sort()).toEqual([...(each.also ?? [])].sort());
    },
  );

  it('is there for every rule', () => {
    const elsewhere = ['file-size', 'file-md5', 'table-too-large'];
    const tested = new Set([...CASES.map(({ code }) => code), ...elsewhere]);
    expect(CATALOGUE.map(({ code }) => code).filter((code) => !tested.has(code))).toEqual([]);
  });
});
