import { jsonRecord } from '../../core/index.ts';
import type { FileFacts, HduFacts } from '../../gadf/index.ts';
import { readLines, type Source } from '../../storage/index.ts';
import { type FileToPublish, STATE_DIRECTORY } from '../../transfer/index.ts';

/** Where a store keeps what its index was made of. */
export const INDEX_STATE_PATH: string = `${STATE_DIRECTORY}/index.jsonl`;

/** Grows when other cards are kept, or HDUs are told apart in another way: what an older one wrote is then not used. */
const VERSION = 5;

/** Longer lines are none of ours: some thousand HDUs of a file need less. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** What is known of a file since its headers were read. */
export interface KnownFile extends FileFacts {
  readonly mtimeMs: number | undefined;
}

/**
 * Reads what the last index was made of, by path; `undefined` if there is nothing that can be used.
 */
export async function readIndexState(source: Source): Promise<Map<string, KnownFile> | undefined> {
  const info = await source.stat(INDEX_STATE_PATH);
  if (info?.kind !== 'file') return undefined;
  let known: Map<string, KnownFile> | undefined;
  for await (const line of readLines(source, INDEX_STATE_PATH, LONGEST_LINE)) {
    const record = jsonRecord(line) ?? {};
    if (known === undefined) {
      if (record['version'] !== VERSION) return undefined;
      known = new Map();
    }
    const file = knownFile(record);
    if (file !== undefined) known.set(file.path, file);
  }
  return known;
}

/** The file that keeps it: a line of JSON for each file, by path. */
export function indexStateFile(files: readonly KnownFile[]): FileToPublish {
  return { path: INDEX_STATE_PATH, content: formatState(files) };
}

function* formatState(files: readonly KnownFile[]): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  let text = `${JSON.stringify({ version: VERSION })}\n`;
  for (const { path, sizeBytes, mtimeMs, md5, hdus, indexKinds, compressed } of files) {
    text += `${JSON.stringify({ path, size: sizeBytes, mtime: mtimeMs, md5, hdus, indexKinds, compressed })}\n`;
    if (text.length < 256 * 1024) continue;
    yield encoder.encode(text);
    text = '';
  }
  if (text !== '') yield encoder.encode(text);
}

function knownFile(record: Record<string, unknown>): KnownFile | undefined {
  const { path, size, mtime, md5, hdus, indexKinds, compressed } = record;
  if (typeof path !== 'string' || typeof size !== 'number' || typeof mtime !== 'number') return undefined;
  if (!Array.isArray(hdus) || !hdus.every(isHduFacts)) return undefined;
  return {
    path,
    sizeBytes: size,
    mtimeMs: mtime,
    hdus,
    ...(typeof md5 === 'string' && { md5 }),
    ...(Array.isArray(indexKinds) && { indexKinds }),
    ...(compressed === true && { compressed }),
  };
}

function isHduFacts(value: unknown): value is HduFacts {
  if (typeof value !== 'object' || value === null) return false;
  const { index, name, type, hduClass, cards } = value as Record<string, unknown>;
  const isText = [name, type, hduClass].every((each) => typeof each === 'string');
  return isText && typeof index === 'number' && typeof cards === 'object' && cards !== null;
}
