import type { ContentDigests, FileInfo, SealedFile } from '../storage/index.ts';

/** A file that is beside its target: complete, sealed, and not yet synced. */
export interface FetchedFile {
  readonly staged: SealedFile;
  readonly info: FileInfo;
  readonly digests: ContentDigests;
}
