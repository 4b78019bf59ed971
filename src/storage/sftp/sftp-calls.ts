import type { NewAttributes } from './packet-writer.ts';
import { EXTENSION, PACKET, STATUS } from './protocol.ts';
import { type Attributes, decodeUint64s, type NamedAttributes, type Reply } from './reply.ts';
import type { SftpChannel } from './sftp-channel.ts';

/** A request that the server answered with a status other than `ok`. */
export class SftpStatusError extends Error {
  override readonly name = 'SftpStatusError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message || `SFTP status ${status}`);
    this.status = status;
  }
}

/** The status of a request that was refused; `undefined` for any other error. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof SftpStatusError ? error.status : undefined;
}

/** `undefined` for a status of `noSuchFile`, which also stands for a path that leads through a file. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === STATUS.noSuchFile) return undefined;
    throw error;
  }
}

/** Opens a file; the flags are those of `OPEN`. */
export async function openFile(
  channel: SftpChannel,
  path: string,
  flags: number,
  attributes: NewAttributes = {},
): Promise<Uint8Array> {
  const reply = await channel.request(PACKET.open, (packet) =>
    packet.string(path).uint32(flags).attributes(attributes),
  );
  return expectHandle(reply);
}

/** Ends the access to an open file or directory. */
export async function closeHandle(channel: SftpChannel, handle: Uint8Array): Promise<void> {
  expectOk(await channel.request(PACKET.close, (packet) => packet.bytes(handle)));
}

/** What the server gives from a position on, which may be less than asked for; `undefined` at the end of the file. */
export async function readHandle(
  channel: SftpChannel,
  handle: Uint8Array,
  position: number,
  length: number,
): Promise<Uint8Array | undefined> {
  const compose = (packet: Parameters<Parameters<SftpChannel['request']>[1]>[0]): void => {
    packet.bytes(handle).uint64(position).uint32(length);
  };
  const reply = await channel.request(PACKET.read, compose, length);
  if (reply.type === 'data') return reply.data.length === 0 ? undefined : reply.data;
  if (reply.type === 'status' && reply.code === STATUS.endOfFile) return undefined;
  throw unexpected(reply);
}

/** Writes all of the chunk. It is copied at once. */
export async function writeHandle(
  channel: SftpChannel,
  handle: Uint8Array,
  position: number,
  chunk: Uint8Array,
): Promise<void> {
  const compose = (packet: Parameters<Parameters<SftpChannel['request']>[1]>[0]): void => {
    packet.bytes(handle).uint64(position).bytes(chunk);
  };
  expectOk(await channel.request(PACKET.write, compose, chunk.length));
}

/** Attributes of what a path leads to. */
export async function statPath(channel: SftpChannel, path: string): Promise<Attributes> {
  return expectAttributes(await channel.request(PACKET.stat, (packet) => packet.string(path)));
}

/** Attributes of what has the path itself, also of a link. */
export async function lstatPath(channel: SftpChannel, path: string): Promise<Attributes> {
  return expectAttributes(await channel.request(PACKET.lstat, (packet) => packet.string(path)));
}

export async function statHandle(channel: SftpChannel, handle: Uint8Array): Promise<Attributes> {
  return expectAttributes(await channel.request(PACKET.fstat, (packet) => packet.bytes(handle)));
}

export async function setHandleAttributes(
  channel: SftpChannel,
  handle: Uint8Array,
  attributes: NewAttributes,
): Promise<void> {
  const reply = await channel.request(PACKET.fsetstat, (packet) => packet.bytes(handle).attributes(attributes));
  expectOk(reply);
}

/** Starts the reading of a directory. */
export async function openDirectory(channel: SftpChannel, path: string): Promise<Uint8Array> {
  return expectHandle(await channel.request(PACKET.opendir, (packet) => packet.string(path)));
}

/** The next names in a directory, with `.` and `..`; `undefined` after the last. */
export async function readDirectory(
  channel: SftpChannel,
  handle: Uint8Array,
): Promise<readonly NamedAttributes[] | undefined> {
  const reply = await channel.request(PACKET.readdir, (packet) => packet.bytes(handle));
  if (reply.type === 'names') return reply.names;
  if (reply.type === 'status' && reply.code === STATUS.endOfFile) return undefined;
  throw unexpected(reply);
}

/** The path without links; of what is there, or would be in a directory that is. */
export async function realPath(channel: SftpChannel, path: string): Promise<string> {
  const reply = await channel.request(PACKET.realpath, (packet) => packet.string(path));
  const name = reply.type === 'names' ? reply.names[0]?.name : undefined;
  if (name === undefined) throw unexpected(reply);
  return name;
}

export async function makeDirectory(channel: SftpChannel, path: string): Promise<void> {
  expectOk(await channel.request(PACKET.mkdir, (packet) => packet.string(path).attributes({})));
}

export async function removeFile(channel: SftpChannel, path: string): Promise<void> {
  expectOk(await channel.request(PACKET.remove, (packet) => packet.string(path)));
}

export async function removeDirectory(channel: SftpChannel, path: string): Promise<void> {
  expectOk(await channel.request(PACKET.rmdir, (packet) => packet.string(path)));
}

/** In one step where the server can (`posix-rename@openssh.com`): whatever has the new name is replaced. */
export async function renameOver(channel: SftpChannel, from: string, to: string): Promise<void> {
  if (channel.has(EXTENSION.posixRename)) {
    expectOk(await channel.extended(EXTENSION.posixRename, (packet) => packet.string(from).string(to)));
    return;
  }
  // SFTP 3 has no other: its rename takes only a name that is free (§6.5).
  await rename(channel, from, to).catch(async (error: unknown) => {
    // That the name is taken has no status of its own.
    if (statusOf(error) !== STATUS.failure) throw error;
    await unlessMissing(removeFile(channel, to));
    await rename(channel, from, to);
  });
}

async function rename(channel: SftpChannel, from: string, to: string): Promise<void> {
  expectOk(await channel.request(PACKET.rename, (packet) => packet.string(from).string(to)));
}

/** Returns when the content would survive a loss of power; at once where the server has no `fsync@openssh.com`. */
export async function syncHandle(channel: SftpChannel, handle: Uint8Array): Promise<void> {
  if (!channel.has(EXTENSION.fsync)) return;
  expectOk(await channel.extended(EXTENSION.fsync, (packet) => packet.bytes(handle)));
}

/** Bytes that may still be written where a path lies; `undefined` where the server has no `statvfs@openssh.com`. */
export async function freeBytesAt(channel: SftpChannel, path: string): Promise<number | undefined> {
  if (!channel.has(EXTENSION.statvfs)) return undefined;
  const reply = await channel.extended(EXTENSION.statvfs, (packet) => packet.string(path));
  if (reply.type !== 'extended') throw unexpected(reply);
  const [, fragmentBytes = 0, , , available = 0] = decodeUint64s(reply.payload);
  return fragmentBytes * available;
}

function expectOk(reply: Reply): void {
  if (reply.type !== 'status' || reply.code !== STATUS.ok) throw unexpected(reply);
}

function expectHandle(reply: Reply): Uint8Array {
  if (reply.type !== 'handle') throw unexpected(reply);
  return reply.handle;
}

function expectAttributes(reply: Reply): Attributes {
  if (reply.type !== 'attributes') throw unexpected(reply);
  return reply.attributes;
}

function unexpected(reply: Reply): Error {
  if (reply.type === 'status') return new SftpStatusError(reply.code, reply.message);
  return new SftpStatusError(STATUS.badMessage, `the server answered with ${reply.type}, which was not asked for`);
}
