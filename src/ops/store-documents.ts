import { fileNameOf, IactError } from '../core/index.ts';
import { MASTER_INDEX_NAME } from '../gadf/index.ts';
import type { Destination, FileInfo, Source, StoreFile } from '../storage/index.ts';
import { type FileToPublish, type Manifest, publishFiles } from '../transfer/index.ts';
import { contentEquals } from './content-equals.ts';
import type { CopyEvent, FailedFile } from './copy-events.ts';
import { type BroughtFile, digestFile, shownSources } from './record-manifest.ts';

/** What people write beside the data of a store: terms, thanks, descriptions. */
const DOCUMENT_NAME =
  /^(?:readme|licen[cs]e|copying|copyright|notice|citation|authors|credits|acknowledge?ments?|changes|changelog|history|version|terms|disclaimer)(?:[._-].*)?$|\.(?:md|txt|rst|pdf|html?|bib|cff)$/i;

/** Asked for one by one where a store does not tell what it holds. */
const USUAL_NAMES = ['README', 'LICENSE', 'LICENCE', 'COPYING', 'NOTICE', 'CITATION.cff'].flatMap((name) =>
  name.includes('.') ? [name] : [name, `${name}.md`, `${name}.txt`],
);

/** A document of a store, or why one that is there cannot be had. */
export type FoundDocument = StoreFile | FailedFile;

/** The documents at the top of a store: README, LICENSE and their like. Terms of use must travel with every copy. */
export async function findDocuments(source: Source): Promise<FoundDocument[]> {
  const entries = await source.list('');
  const listed = entries?.filter(({ name, kind }) => kind === 'file' && isDocumentName(name));
  const names = listed?.map(({ name }) => name) ?? USUAL_NAMES;
  const found = names.map(async (path): Promise<FoundDocument[]> => {
    try {
      const info = await source.stat(path);
      return info?.kind === 'file' ? [{ path, info }] : [];
    } catch (error) {
      if (!isOfOneFile(error)) throw error;
      // Of a name that nobody has listed, some servers say that it is forbidden where there is nothing.
      return listed === undefined ? [] : [{ path, error }];
    }
  });
  return (await Promise.all(found)).flat();
}

function isOfOneFile(error: unknown): error is IactError {
  return error instanceof IactError && ['not-found', 'unreadable', 'changed'].includes(error.code);
}

function isDocumentName(name: string): boolean {
  return !name.startsWith('.') && name !== MASTER_INDEX_NAME && DOCUMENT_NAME.test(name);
}

/** A document that is to be copied; under another name where somebody else's document has its own. */
interface PlannedDocument extends FileToPublish {
  readonly from: StoreFile;
}

export interface DocumentsRequest {
  readonly manifest: Manifest;
  readonly dataset: string;
  /** Paths that documents must not take. */
  readonly reserved: ReadonlySet<string>;
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
}

/** README, licence and their like; one that cannot be had is a fault of the copy, and no reason to keep the data back. */
export async function copyDocuments(
  documents: readonly FoundDocument[],
  source: Source,
  destination: Destination,
  { manifest, dataset, reserved, onEvent = () => undefined }: DocumentsRequest,
): Promise<{ files: BroughtFile[]; failed: FailedFile[] }> {
  const readable = documents.flatMap((each) => ('info' in each ? [each] : []));
  const failed: FailedFile[] = documents.flatMap((each) => ('error' in each ? [each] : []));
  const { papers, unrecorded } = await planDocuments(readable, source, destination, manifest, dataset, reserved);
  const files: BroughtFile[] = [];
  for (const { path, from } of unrecorded) files.push({ ...(await digestFile(destination, path)), from });
  for (const paper of papers) {
    try {
      const published = await publishFiles(destination, [paper]);
      files.push(...published.map((file) => ({ ...file, from: paper.from.path })));
      onEvent({ type: 'document', source: source.uriOf(paper.from.path), destination: destination.uriOf(paper.path) });
    } catch (error) {
      if (!isOfOneFile(error)) throw error;
      failed.push({ path: paper.from.path, error });
    }
  }
  return { files, failed };
}

/**
 * Decides which documents are copied, and under which names. One that an earlier copy from here has brought is brought up
 * to date; one of the same name that is not ours stays, and ours goes beside it as `README.DATASET.md`.
 *
 * @param reserved paths that documents must not take.
 */
async function planDocuments(
  documents: readonly StoreFile[],
  source: Source,
  destination: Destination,
  manifest: Manifest,
  dataset: string,
  reserved: ReadonlySet<string>,
): Promise<{ papers: PlannedDocument[]; unrecorded: { path: string; from: string }[] }> {
  const papers: PlannedDocument[] = [];
  const unrecorded: { path: string; from: string }[] = [];
  const shown = shownSources(source);
  for (const from of documents) {
    for (const path of [from.path, besideName(from.path, dataset)]) {
      if (reserved.has(path)) continue;
      const found = await destination.stat(path);
      if (found !== undefined && (await isUpToDate(from, source, found, destination, path))) {
        // A copy that was interrupted has not lived to note it.
        if (!manifest.has(path)) unrecorded.push({ path, from: from.path });
        break;
      }
      const isOurs = manifest.get(path)?.source === shown(from.path);
      if (found !== undefined && !(isOurs && found.kind === 'file')) continue;
      const { mode, mtimeMs } = from.info;
      const content = source.read(from.path, { expected: from.info });
      papers.push({ from, path, content, attributes: { mode, mtimeMs } });
      break;
    }
  }
  return { papers, unrecorded };
}

async function isUpToDate(
  from: StoreFile,
  source: Source,
  found: FileInfo,
  destination: Destination,
  path: string,
): Promise<boolean> {
  if (found.kind !== 'file' || found.sizeBytes !== from.info.sizeBytes) return false;
  return contentEquals(source, from, destination, { path, info: found });
}

/** The name of a document whose own name is taken by that of another dataset. */
export function besideName(path: string, dataset: string): string {
  const [, stem = path, ending = ''] = /^(.+?)(\.[a-z]+)?$/i.exec(fileNameOf(path)) ?? [];
  return `${stem}.${dataset.replace(/[^\w.+-]+/g, '_') || 'store'}${ending}`;
}
