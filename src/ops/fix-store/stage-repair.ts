import { constants } from 'node:zlib';
import { IactError } from '../../core/index.ts';
import { type HduChange, type HduHead, rewriteFits } from '../../fits/index.ts';
import { deflate, type FileInfo, inflate, type LocalDestination, type StagedFile } from '../../storage/index.ts';
import { changedSinceChecked } from './before-repair.ts';
import { byHdu, type Change } from './change.ts';
import { changesData, editHdu } from './edit-hdu.ts';
import { digestsOf, FileDigester, type FileDigests, type InspectedFile, inspectFile } from './inspect-file.ts';

const BLOCK_BYTES = 2880;

/** A repaired file beside its target, written, read back and compared. */
export interface StagedRepair {
  readonly path: string;
  readonly staged: StagedFile;
  /** The file that it is to replace, and what was known of it when the store was checked. */
  readonly before: FileDigests;
  readonly info: FileInfo;
  readonly after: FileDigests;
}

/** A file that is to be repaired. */
export interface FileToRepair {
  readonly path: string;
  readonly info: FileInfo;
  readonly changes: readonly Change[];
  /** Its digests, once they are known: size and time may be those of another content. */
  readonly known?: FileDigests | undefined;
}

/** What a file is, and what its HDUs become. */
export interface PlannedEdits {
  readonly before: InspectedFile;
  readonly edits: ReadonlyMap<number, HduChange>;
  readonly isCompressed: boolean;
}

/**
 * Reads a file and makes the changes in memory, one HDU at a time.
 *
 * @throws {IactError} `bad-data` if the file is broken, if its own checksums tell of damaged data, or if a change cannot be
 *   made; `changed`, `unreadable`, `cancelled`.
 */
export async function planEdits(
  source: LocalDestination,
  { path, info, changes, known }: FileToRepair,
  signal?: AbortSignal,
): Promise<PlannedEdits> {
  const hdus = byHdu(changes);
  const load = ({ index }: HduHead): boolean => hdus.get(index)?.some(changesData) ?? false;
  const before = await inspectFile(source.read(path, { expected: info, signal }), source.uriOf(path), load, signal);
  if (known !== undefined && known.sha256 !== before.sha256) throw changedSinceChecked(source.uriOf(path));
  refuseDamage(before, hdus);
  const edits = new Map<number, HduChange>();
  for (const [index, ofHdu] of hdus) {
    const hdu = before.hdus[index];
    if (hdu === undefined) throw new IactError('bad-data', `there is no HDU ${index}`);
    edits.set(index, editHdu(hdu, ofHdu, path));
  }
  return { before, edits, isCompressed: await beginsAsGzip(source, path) };
}

/**
 * A size that a repaired data file does not exceed. How well it is compressed again is not known before: to twice of what
 * it was it comes nowhere near.
 */
export function largestSize({ before, edits, isCompressed }: PlannedEdits): number {
  let bytes = before.sizeBytes;
  for (const { index, header } of before.hdus) {
    const edit = edits.get(index);
    if (edit !== undefined) bytes += edit.header.encode().length - header.encode().length;
  }
  // The last block of a header may have been short.
  return isCompressed ? 2 * bytes : bytes + BLOCK_BYTES;
}

/** A checksum that is wrong must not be made right where it tells of damage. */
function refuseDamage({ hdus }: InspectedFile, changed: ReadonlyMap<number, unknown>): void {
  for (const { index, name, datasumOk, checksumOk } of hdus) {
    const isUnclear = changed.has(index) && checksumOk === false && datasumOk === undefined;
    if (datasumOk !== false && !isUnclear) continue;
    const which = `${datasumOk === false ? 'DATASUM' : 'CHECKSUM'} of HDU ${index}${name && ` ("${name}")`}`;
    throw new IactError('bad-data', `${which} is wrong: the data may be damaged`);
  }
}

/**
 * Writes a repaired file beside its target: what does not change is copied byte for byte from the original. Then it is
 * read back: each HDU must have the header that it was to get, and the data that it had.
 */
export async function stageRepair(
  destination: LocalDestination,
  file: FileToRepair,
  signal?: AbortSignal,
): Promise<StagedRepair> {
  const { path, info } = file;
  const uri = destination.uriOf(path);
  const planned = await planEdits(destination, file, signal);
  const { before, edits, isCompressed } = planned;
  const owner = await destination.ownerOf(path);
  const staged = await destination.stage(path);
  try {
    const original = destination.read(path, { expected: info, signal });
    const content = rewriteFits(isCompressed ? inflate(original) : original, {
      uri,
      change: ({ index }) => edits.get(index),
      signal,
    });
    const digester = new FileDigester();
    for await (const chunk of isCompressed ? deflate(content, constants.Z_DEFAULT_COMPRESSION) : content) {
      digester.update(chunk);
      await staged.write(chunk);
    }
    const after = digester.result();
    await verify(staged, uri, planned, after, signal);
    await staged.seal({ mode: info.mode, owner });
    const { sizeBytes, sha256, md5 } = before;
    return { path, staged, before: { sizeBytes, sha256, md5 }, info, after };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

async function beginsAsGzip(source: LocalDestination, path: string): Promise<boolean> {
  for await (const [first, second] of source.read(path, { end: 2 })) return first === 0x1f && second === 0x8b;
  return false;
}

async function verify(
  { parts }: StagedFile,
  uri: string,
  { before, edits }: PlannedEdits,
  written: FileDigests,
  signal?: AbortSignal,
): Promise<void> {
  const refuse = (what: string): never => {
    throw new IactError('unwritable', `What was written for "${uri}" reads back different: ${what}.`, { uri });
  };
  if (parts === undefined) return refuse('it cannot be read');
  const found = await inspectFile(
    parts.read(0, written.sizeBytes + 1),
    uri,
    ({ index }) => hasData(edits, index),
    signal,
  );
  if (found.sha256 !== written.sha256) refuse('its bytes are others');
  if (found.hdus.length !== before.hdus.length || found.trailingBytes !== before.trailingBytes) refuse('other HDUs');
  for (const [index, hdu] of found.hdus.entries()) {
    const edit = edits.get(index);
    const original = before.hdus[index];
    const header = edit?.header ?? original?.header;
    if (!Buffer.from(hdu.header.encode()).equals(header?.encode() ?? new Uint8Array()))
      refuse(`header of HDU ${index}`);
    const isSame =
      edit?.data === undefined
        ? hdu.dataDigest === original?.dataDigest
        : hdu.data !== undefined && Buffer.from(hdu.data).equals(edit.data);
    if (!isSame) refuse(`data of HDU ${index}`);
    if (edit !== undefined && (hdu.datasumOk === false || hdu.checksumOk === false)) refuse(`checksum of HDU ${index}`);
  }
}

function hasData(edits: ReadonlyMap<number, HduChange>, index: number): boolean {
  return edits.get(index)?.data !== undefined;
}

/** Stages a small file of other content, and reads back what was written. */
export async function stageContent(
  destination: LocalDestination,
  path: string,
  info: FileInfo,
  content: Iterable<Uint8Array>,
): Promise<StagedRepair> {
  const before = await digestsOf(destination, path, { expected: info });
  const owner = await destination.ownerOf(path);
  const staged = await destination.stage(path);
  try {
    const digester = new FileDigester();
    for (const chunk of content) {
      digester.update(chunk);
      await staged.write(chunk);
    }
    await staged.seal({ mode: info.mode, owner });
    return { path, staged, before, info, after: digester.result() };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}
