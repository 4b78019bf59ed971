import type { FileInfo } from '../storage/index.ts';
import type { ExpectedDigests, Manifest } from '../transfer/index.ts';
import type { Selection } from './select-files.ts';

/** The digests that the store itself gives of a file. */
export type DigestsOf = (path: string, info: FileInfo) => ExpectedDigests;

/**
 * The digests that a store gives of its files: in the column `MD5` of the HDU index, and in the manifest that an earlier
 * copy has left in it. An entry of the manifest counts as long as the file has not been changed since.
 *
 * @see GADF v0.3 hdu-index, MD5
 */
export function expectedDigests(selection: Selection, manifest: Manifest): DigestsOf {
  const { hduIndex, hduRows, fileOfRow, paths } = selection;
  const md5 = new Map<string, string>();
  if (hduIndex.table.column('MD5') !== undefined) {
    for (const [index, file] of fileOfRow.entries()) {
      const path = paths[file];
      const digest = path === undefined ? '' : hduIndex.text('MD5', hduRows?.[index] ?? index).trim();
      if (path !== undefined && /^[0-9a-f]{32}$/i.test(digest)) md5.set(path, digest.toLowerCase());
    }
  }
  return (path, info) => {
    const entry = manifest.get(path);
    const isSame = entry?.sizeBytes === info.sizeBytes && (info.mtimeMs ?? 0) <= Date.parse(entry.time);
    return { md5: md5.get(path), sha256: isSame ? entry.sha256 : undefined };
  };
}
