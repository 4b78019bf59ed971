import type { FileInfo } from '../contract.ts';
import { refuseChanged as refuseOther } from '../local-source.ts';
import { STATUS } from './protocol.ts';
import type { Attributes } from './reply.ts';
import { SftpStatusError } from './sftp-calls.ts';

const TYPE = { mask: 0o170000, directory: 0o040000, file: 0o100000, link: 0o120000 } as const;

/** What a server says of a file, in our words. SFTP 3 has whole seconds, and nothing that tells a file from its copy. */
export function fileInfo({ sizeBytes, permissions, mtimeSeconds }: Attributes): FileInfo {
  const kind = kindOf(permissions) ?? 'other';
  if (kind === 'file' && sizeBytes === undefined) {
    throw new SftpStatusError(STATUS.badMessage, 'the server tells no size');
  }
  return {
    kind,
    sizeBytes: sizeBytes ?? 0,
    mtimeMs: mtimeSeconds === undefined ? undefined : mtimeSeconds * 1000,
    mode: permissions === undefined ? undefined : permissions & 0o777,
    identity: undefined,
  };
}

/** `undefined` for a link. A server that tells no permissions is one of files only. */
export function kindOf(permissions: number | undefined): FileInfo['kind'] | undefined {
  if (permissions === undefined) return 'file';
  const type = permissions & TYPE.mask;
  if (type === TYPE.link) return undefined;
  if (type === TYPE.directory) return 'directory';
  // Some servers leave the type out.
  return type === TYPE.file || type === 0 ? 'file' : 'other';
}

/** @throws {IactError} `changed` if a file is no longer what it was, as far as its size and the second tell. */
export function refuseChanged(uri: string, expected: FileInfo, found: FileInfo): void {
  const { mtimeMs } = expected;
  if (mtimeMs === undefined) refuseOther(uri, expected, { ...found, mtimeMs });
  else refuseOther(uri, { ...expected, mtimeMs: Math.floor(mtimeMs / 1000) * 1000 }, found);
}
