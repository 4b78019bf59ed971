/** A value of a card, a cell or a key; `null` where there is none. */
export type ChangeValue = string | number | boolean | null;

/** One thing that a repair changes. */
export interface Change {
  /** The file, relative to the root of the store. */
  readonly path: string;
  /** The HDU; absent in the master index. */
  readonly hdu?: { readonly index: number; readonly name: string } | undefined;
  /** The rule that asks for it. */
  readonly rule: string;
  readonly kind: 'card' | 'cell' | 'path' | 'order' | 'checksum' | 'master';
  /** Keyword, column or key. */
  readonly name: string;
  /** Row of the table, from 1. */
  readonly row?: number | undefined;
  /** Entry of the master index, from 0. */
  readonly entry?: number | undefined;
  readonly found: ChangeValue;
  readonly value: ChangeValue;
}

/** What is not repaired, and why. */
export interface Refusal {
  readonly path: string;
  readonly changes: number;
  readonly reason: string;
}

/** What is changed by two changes that exclude each other. */
export function placeOfChange({ path, hdu, kind, name, row, entry }: Change): string {
  return [path, hdu?.index, kind, name, row, entry].join('\n');
}

/** Changes by file, in the order of the files. */
export function byFile(changes: Iterable<Change>): Map<string, Change[]> {
  const files = new Map<string, Change[]>();
  for (const change of changes) {
    const known = files.get(change.path);
    if (known === undefined) files.set(change.path, [change]);
    else known.push(change);
  }
  return files;
}

/** Changes of a file by HDU. */
export function byHdu(changes: Iterable<Change>): Map<number, Change[]> {
  const hdus = new Map<number, Change[]>();
  for (const change of changes) {
    const index = change.hdu?.index ?? 0;
    const known = hdus.get(index);
    if (known === undefined) hdus.set(index, [change]);
    else known.push(change);
  }
  return hdus;
}
