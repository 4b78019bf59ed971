import { IactError } from '../core/index.ts';
import { formatJson, type JsonObject, type JsonValue, parseJson } from './json.ts';

/** The file name that GADF v0.1 requires of a master index. */
export const MASTER_INDEX_NAME = 'master.json';

/**
 * One dataset (ctools: production) of a master index.
 *
 * @see GADF v0.1 data_storage: master index file, required keys
 */
export interface DatasetEntry {
  /** Unique name; `undefined` when the entry lacks it or it is no string. */
  readonly name: string | undefined;
  /** HDU index file relative to the master index; `undefined` likewise. */
  readonly hduindx: string | undefined;
  /** Observation index file relative to the master index; `undefined` likewise. */
  readonly obsindx: string | undefined;
  /** The whole entry with all its keys. */
  readonly json: JsonObject;
}

/** A master index as read; unknown keys are kept at every level. */
export interface MasterIndex {
  readonly root: JsonObject;
  readonly datasets: readonly DatasetEntry[];
}

/**
 * Reads a master index.
 *
 * An entry of `datasets` that lacks a required key is kept, with `undefined` in its place: one bad entry does not hide
 * the others.
 *
 * @param uri names the file in errors.
 * @throws {IactError} `bad-data` if the text is empty, not JSON, or has no list `datasets` of objects.
 */
export function parseMasterIndex(text: string, uri: string): MasterIndex {
  if (text.trim() === '') {
    throw new IactError('bad-data', `Master index file "${uri}" is empty.`, { uri });
  }
  const root = parseJson(text, uri);
  if (!(root instanceof Map)) {
    throw new IactError('bad-data', `Master index file "${uri}" must hold a JSON object { "datasets": [ ... ] }.`, {
      uri,
    });
  }
  const list = root.get('datasets');
  if (list === undefined) {
    throw new IactError('bad-data', `Key "datasets" not available in master index file "${uri}".`, { uri });
  }
  if (!Array.isArray(list)) {
    throw new IactError('bad-data', `Key "datasets" in master index file "${uri}" must be a list [ ... ].`, { uri });
  }
  return { root, datasets: list.map((entry, index) => datasetEntry(entry, index, uri)) };
}

/** A master index with other datasets; all else stays as it was read. */
export function withDatasets(master: MasterIndex, datasets: readonly DatasetEntry[]): MasterIndex {
  const root = new Map(master.root);
  root.set(
    'datasets',
    datasets.map((entry) => entry.json),
  );
  return { root, datasets };
}

/** The text of a master index; the same rules as {@link formatJson}. */
export function formatMasterIndex(master: MasterIndex): string {
  return formatJson(master.root);
}

/** A dataset entry from its JSON object. */
export function datasetEntryFrom(json: JsonObject): DatasetEntry {
  return { name: text(json.get('name')), hduindx: text(json.get('hduindx')), obsindx: text(json.get('obsindx')), json };
}

function datasetEntry(entry: JsonValue, index: number, uri: string): DatasetEntry {
  if (entry instanceof Map) return datasetEntryFrom(entry);
  throw new IactError(
    'bad-data',
    `Entry ${index + 1} of "datasets" in master index file "${uri}" must be an object { ... }.`,
    {
      uri,
    },
  );
}

function text(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
