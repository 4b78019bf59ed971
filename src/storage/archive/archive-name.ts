const ARCHIVE_NAME = /\.(?:tar|tar\.gz|tgz)$/i;

/** Whether a file is an archive that {@link ArchiveSource} reads, by its name. */
export function isArchiveName(path: string): boolean {
  return ARCHIVE_NAME.test(path);
}

/** Name of the file without directories and the ending of an archive. */
export function archiveBaseName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(ARCHIVE_NAME, '');
}
