import { type ErrorCode, IactError, jsonRecord } from '../core/index.ts';
import { type Destination, readLines, type Source } from '../storage/index.ts';
import { STATE_DIRECTORY } from './state-directory.ts';

/** Where a store keeps what is known of its files. */
export const MANIFEST_PATH: string = `${STATE_DIRECTORY}/manifest.jsonl`;

/** What was verified of one file when it arrived. */
export interface ManifestEntry {
  readonly path: string;
  readonly sizeBytes: number;
  /** Digest of the content, 64 hexadecimal digits. */
  readonly sha256: string;
  /** URL that it came from, without secrets. */
  readonly source: string;
  /** When its source was read: ISO 8601, UTC. */
  readonly time: string;
  /** When its source was changed, as that told it: milliseconds since 1970. */
  readonly mtimeMs?: number | undefined;
}

/** What is known of the files of a store, by path. */
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/** Longer lines are none of ours: a path has 4096 bytes at most, and so has where it came from. */
const LONGEST_LINE = 64 * 1024;

/**
 * Reads the manifest of a store; empty if it has none, or keeps it to itself. Lines that are none of ours are passed over.
 */
export async function readManifest(source: Source): Promise<Map<string, ManifestEntry>> {
  return readEntries(source, ['not-found', 'unreadable']);
}

/**
 * Reads the manifest of a store to bring it up to date: one that is there must be read, or what it tells would be lost.
 *
 * @throws {IactError} `unreadable`
 */
export async function readManifestToUpdate(destination: Destination): Promise<Map<string, ManifestEntry>> {
  return readEntries(destination, ['not-found']);
}

async function readEntries(source: Source, asGoodAsNone: readonly ErrorCode[]): Promise<Map<string, ManifestEntry>> {
  const manifest = new Map<string, ManifestEntry>();
  try {
    for await (const line of readLines(source, MANIFEST_PATH, LONGEST_LINE)) {
      const entry = parseEntry(line);
      if (entry !== undefined) manifest.set(entry.path, entry);
    }
  } catch (error) {
    if (error instanceof IactError && asGoodAsNone.includes(error.code)) return manifest;
    throw error;
  }
  return manifest;
}

/** The text of a manifest: one JSON object a line, ordered by path, so that equal stores have equal manifests. */
export function* formatManifest(entries: Iterable<ManifestEntry>): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let text = '';
  for (const entry of [...entries].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const { path, sizeBytes: size, sha256, source, time, mtimeMs: mtime } = entry;
    text += `${JSON.stringify({ path, size, sha256, source, time, mtime })}\n`;
    if (text.length < 256 * 1024) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}

function parseEntry(line: string): ManifestEntry | undefined {
  const { path, size, sha256, source, time, mtime } = jsonRecord(line) ?? {};
  const isOurs = typeof path === 'string' && typeof size === 'number' && /^[0-9a-f]{64}$/.test(String(sha256));
  if (!isOurs) return undefined;
  return {
    path,
    sizeBytes: size,
    sha256: String(sha256),
    source: String(source ?? ''),
    time: String(time ?? ''),
    ...(typeof mtime === 'number' && { mtimeMs: mtime }),
  };
}
