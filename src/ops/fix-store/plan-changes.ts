import type { Finding, Place } from '../../validate/index.ts';
import { type Change, placeOfChange, type Refusal } from './change.ts';

/** What findings ask to be changed. */
export interface PlannedChanges {
  readonly changes: readonly Change[];
  readonly refused: readonly Refusal[];
}

/**
 * Makes changes of the repairs of findings. Reads and writes nothing. What is asked for twice is there once; where findings
 * ask for different values of the same thing, it stays as it is.
 *
 * @param pathOf path of a file, relative to the root of the store, by its URI in a finding.
 */
export function planChanges(findings: Iterable<Finding>, pathOf: (uri: string) => string): PlannedChanges {
  const planned = new Map<string, Change>();
  const contradicted = new Map<string, Change>();
  for (const finding of findings) {
    for (const change of changesOf(finding, pathOf)) {
      const place = placeOfChange(change);
      const before = planned.get(place);
      if (before !== undefined && before.value !== change.value) contradicted.set(place, before);
      else if (before === undefined) planned.set(place, change);
    }
  }
  for (const place of contradicted.keys()) planned.delete(place);
  const refused = [...contradicted.values()].map(({ path, name }) => ({
    path,
    changes: 1,
    reason: `findings ask for different values of ${name}`,
  }));
  return { changes: [...planned.values()], refused };
}

function changesOf({ repair, code, ...found }: Finding, pathOf: (uri: string) => string): Change[] {
  if (repair === undefined) return [];
  const { uri, hdu }: Place = repair.at ?? found;
  const base = { path: pathOf(uri), ...(hdu && { hdu: { index: hdu.index, name: hdu.name } }), rule: code };
  switch (repair.kind) {
    case 'set-cards':
      return repair.cards.map(({ keyword: name, ...values }) => ({ ...base, kind: 'card', name, ...values }));
    case 'set-cells':
      return repair.cells.map((cell) => ({ ...base, kind: 'cell', name: repair.column, ...cell }));
    case 'set-paths':
      return repair.paths.map((cell) => ({ ...base, kind: 'path', name: 'FILE_NAME', ...cell }));
    case 'sort-rows':
      return [{ ...base, kind: 'order', name: repair.column, found: null, value: null }];
    case 'update-checksum':
      return [{ ...base, kind: 'checksum', name: 'CHECKSUM', found: null, value: null }];
    case 'set-master': {
      const { key: name, entry, found: before, value } = repair;
      return [{ ...base, kind: 'master', name, entry, found: before, value }];
    }
  }
}
