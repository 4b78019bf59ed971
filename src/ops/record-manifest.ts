import { resolve } from 'node:path';
import { redactUrls } from '../core/index.ts';
import type { Destination, Source } from '../storage/index.ts';
import {
  Digester,
  type FileOutcome,
  formatManifest,
  type JournalEntry,
  MANIFEST_PATH,
  type Manifest,
  type PublishedFile,
  publishFiles,
  readManifestToUpdate,
} from '../transfer/index.ts';
import { isLocalPlace } from './local-place.ts';

/** A file that was published, and its path at the source where that is another. */
export interface BroughtFile extends PublishedFile {
  readonly from?: string;
}

/** What a copy has brought, or removed. */
export interface ManifestUpdate {
  readonly source?: Source;
  readonly outcomes?: readonly FileOutcome[];
  /** Documents and index files. */
  readonly files?: readonly BroughtFile[];
  /** Paths of files that are gone. */
  readonly gone?: readonly string[];
  /** The manifest before; read if absent. */
  readonly manifest?: Manifest;
}

type Times = Pick<JournalEntry, 'readMs' | 'mtimeMs'>;

/**
 * Brings the manifest of a destination up to date, after the files that it tells of are in place and lasting.
 *
 * @throws {IactError} `unwritable`
 */
export async function recordManifest(destination: Destination, update: ManifestUpdate): Promise<void> {
  const { source, outcomes = [], files = [], gone = [] } = update;
  if (source === undefined && gone.length === 0) return;
  const entries = new Map(update.manifest ?? (await readManifestToUpdate(destination)));
  for (const path of gone) entries.delete(path);
  const time = new Date().toISOString();
  const shown = source ? shownSources(source) : () => '';
  const add = ({ path, sizeBytes, sha256, from = path }: BroughtFile, { readMs, mtimeMs }: Times = {}): void => {
    const read = readMs === undefined ? time : new Date(readMs).toISOString();
    entries.set(path, { path, sizeBytes, sha256, source: shown(from), time: read, mtimeMs });
  };
  for (const { file, entry } of outcomes) {
    const brought = entry ?? (file.action === 'keep' && file.reason === 'fetched-before' ? file.journal : undefined);
    if (brought !== undefined) add({ ...brought, path: file.path }, brought);
  }
  for (const file of files) add(file);
  await publishFiles(destination, [{ path: MANIFEST_PATH, content: formatManifest(entries.values()) }]);
}

/** What a file of a destination holds now. */
export async function digestFile(destination: Destination, path: string): Promise<PublishedFile> {
  const digester = new Digester(undefined);
  let sizeBytes = 0;
  for await (const chunk of destination.read(path)) {
    digester.update(chunk);
    sizeBytes += chunk.length;
  }
  return { path, sizeBytes, sha256: digester.digests().sha256 };
}

/** Takes files out of the manifest that were written anew here: what a copy has noted of them would look like damage. */
export async function forgetFiles(destination: Destination, paths: readonly string[]): Promise<void> {
  const manifest = await readManifestToUpdate(destination);
  const gone = paths.filter((path) => manifest.has(path));
  if (gone.length > 0) await recordManifest(destination, { gone, manifest });
}

/** Where files of a source come from, complete: a relative path means nothing to whoever reads it later. */
export function shownSources(source: Source): (path: string) => string {
  const isHere = isLocalPlace(source.uri);
  return (path) => (isHere ? resolve(source.uriOf(path)) : redactUrls(source.uriOf(path)));
}

/** The path at a source of what {@link shownSources} has shown; `undefined` for what is none of its files. */
export function pathOfShown(source: Source, shown: string): string | undefined {
  const shownOf = shownSources(source);
  const root = shownOf('').replace(/\/+$/, '');
  if (!shown.startsWith(`${root}/`)) return undefined;
  const below = shown.slice(root.length + 1);
  // Steps upwards, which no copy notes, lead out of the store; what was hidden as if it were a secret is not known.
  if (below.split('/').includes('..') || below.includes('***')) return undefined;
  return [below, decodedOnce(below)].find((path) => path !== '' && shownOf(path) === shown);
}

/** Some stores show names as they stand in a URL, and others as they are. */
function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
