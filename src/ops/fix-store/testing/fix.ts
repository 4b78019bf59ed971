import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkStore, type Finding } from '../../check-store.ts';
import { applyFix, type FixPlan, type FixResult, planFix } from '../index.ts';

type FixRequest = Omit<Parameters<typeof planFix>[1], 'onFinding' | 'onFailure'>;

/** What is wrong with a store. */
export async function findingsOf(store: string, request: FixRequest = {}): Promise<Finding[]> {
  const findings: Finding[] = [];
  await checkStore(store, { ...request, onFinding: (finding) => findings.push(finding), onFailure: refuse });
  return findings;
}

/** Plans what is repaired, without writing. */
export async function plan(store: string, request: FixRequest = {}): Promise<FixPlan> {
  return planFix(store, { ...request, onFinding: () => undefined, onFailure: refuse });
}

/** Repairs a store. */
export async function fix(store: string, request: FixRequest = {}): Promise<FixPlan & { readonly result: FixResult }> {
  const planned = await plan(store, request);
  return { ...planned, result: await applyFix(planned, { program: 'test' }) };
}

/** The changes of a plan, a line each. */
export function changesOf({ files }: FixPlan): string[] {
  return files.flatMap(({ path, changes }) =>
    changes.map(({ hdu, kind, name, row, found, value }) => {
      const place = [
        hdu === undefined ? path : `${path}[${hdu.name || hdu.index}]`,
        ...(row === undefined ? [] : [row]),
      ];
      return `${place.join(' ')} ${kind} ${name}: ${found} -> ${value}`;
    }),
  );
}

function refuse(failure: { readonly message: string }): void {
  throw new Error(`a rule failed: ${failure.message}`);
}

/** Folders of the backups of a store. */
export async function backupsOf(store: string): Promise<string[]> {
  const folder = join(store, '.iact/backup');
  const names = await readdir(folder).catch(() => []);
  return names.sort().map((name) => join(folder, name));
}
