import { kindOf } from './attributes.ts';
import { OPEN, STATUS } from './protocol.ts';
import { lstatPath, openFile, readHandle, removeFile, statusOf, unlessMissing } from './sftp-calls.ts';
import type { SftpChannel } from './sftp-channel.ts';

/** Opens a new file to write and read; removes what an interrupted copy left in its place. */
export async function openAnew(channel: SftpChannel, path: string): Promise<Uint8Array> {
  const flags = OPEN.read | OPEN.write | OPEN.create | OPEN.exclusive;
  try {
    return await openFile(channel, path, flags, { mode: 0o600 });
  } catch (error) {
    // That something is there has no status of its own.
    if (statusOf(error) !== STATUS.failure) throw error;
    await unlessMissing(removeFile(channel, path));
    return openFile(channel, path, flags, { mode: 0o600 });
  }
}

/** Opens what an interrupted copy left, unless it is something else than a file: a link would lead elsewhere. */
export async function openAgain(channel: SftpChannel, path: string): Promise<Uint8Array> {
  const found = await unlessMissing(lstatPath(channel, path));
  if (found === undefined || kindOf(found.permissions) !== 'file') return openAnew(channel, path);
  return openFile(channel, path, OPEN.read | OPEN.write);
}

/** As much of a block as the file has. */
export async function readBlock(
  channel: SftpChannel,
  handle: Uint8Array,
  start: number,
  length: number,
): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (let done = 0; done < length; ) {
    const chunk = await readHandle(channel, handle, start + done, length - done);
    if (chunk === undefined) break;
    chunks.push(chunk);
    done += chunk.length;
  }
  return chunks;
}
