/**
 * Numbers of SFTP version 3, the one that every server speaks.
 *
 * @see draft-ietf-secsh-filexfer-02
 * @see OpenSSH PROTOCOL §4, for the extensions
 */
export const PACKET = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
  extendedReply: 201,
} as const;

/** What a status tells (§7). */
export const STATUS = {
  ok: 0,
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  noConnection: 6,
  connectionLost: 7,
  unsupported: 8,
} as const;

/** How a file is opened (§6.3). */
export const OPEN = { read: 0x01, write: 0x02, append: 0x04, create: 0x08, truncate: 0x10, exclusive: 0x20 } as const;

/** Which attributes follow (§5). */
export const ATTRIBUTE = { size: 0x01, owner: 0x02, permissions: 0x04, times: 0x08, extended: 0x80000000 } as const;

/** Extensions of OpenSSH that are used where the server names them. */
export const EXTENSION = {
  limits: 'limits@openssh.com',
  posixRename: 'posix-rename@openssh.com',
  fsync: 'fsync@openssh.com',
  statvfs: 'statvfs@openssh.com',
} as const;

/** What every server takes for a READ or WRITE (§3: packets of 34000 bytes). */
export const SAFE_DATA_BYTES: number = 32 * 1024;

/** Longer than any packet that OpenSSH sends (256 KiB); what claims more is no SFTP. */
export const MAX_PACKET_BYTES: number = 1024 * 1024;
