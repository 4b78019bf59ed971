import { IactError } from '../core/index.ts';
import type { AccessOptions } from './access.ts';
import type { ArchiveOptions, ArchiveSource } from './archive/archive-source.ts';
import type { Destination, Source, StateDirectoryOf } from './contract.ts';
import { LocalDestination } from './local-destination.ts';
import { LocalSource } from './local-source.ts';
import { parseLocation } from './location.ts';
import type { RetryPolicy } from './with-retries.ts';

/**
 * Opens a folder of this machine or of a server to read from. What talks to a server is loaded when it is needed.
 *
 * @throws {IactError} `usage` for what is no place; `unreachable` where the way there can be seen to be closed.
 */
export async function openSource(folder: string, access: AccessOptions): Promise<Source> {
  const location = parseLocation(folder);
  if (location.kind === 'local') return new LocalSource(location.path);
  if (location.kind === 'sftp') return (await import('./sftp/sftp-source.ts')).SftpSource.open(location, access);
  if (location.kind === 's3') return (await import('./s3/s3-source.ts')).S3Source.open(location, access);
  return (await import('./http/http-source.ts')).HttpSource.open(location, access);
}

/**
 * Opens an archive to read from.
 *
 * @param files where the archive lies; closed with it, and left open where this fails.
 * @param path of the archive there.
 */
export async function openArchive(files: Source, path: string, options: ArchiveOptions): Promise<ArchiveSource> {
  return (await import('./archive/archive-source.ts')).ArchiveSource.open(files, path, options);
}

/**
 * Opens a folder to write to.
 *
 * @param policy of what is asked there, where that is worth another attempt.
 * @param stateDirectoryOf where a server is written to that does not tell by itself what interrupted copies have left.
 * @throws {IactError} as {@link openSource}; `usage` for a web server.
 */
export async function openDestination(
  folder: string,
  access: AccessOptions,
  policy: RetryPolicy,
  stateDirectoryOf?: StateDirectoryOf,
): Promise<Destination> {
  const location = parseLocation(folder);
  if (location.kind === 'local') return new LocalDestination(location.path);
  if (location.kind === 'sftp') {
    return (await import('./sftp/sftp-destination.ts')).SftpDestination.open(location, access);
  }
  if (location.kind === 's3') {
    return (await import('./s3/s3-destination.ts')).S3Destination.open(location, access, policy, stateDirectoryOf);
  }
  throw new IactError('usage', 'A web server takes no files. Copy to a directory, or to sftp:// or s3://.');
}
