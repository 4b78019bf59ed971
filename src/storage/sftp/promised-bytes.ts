import type { SftpChannel } from './sftp-channel.ts';

/**
 * What a file is going to ask its connection for, and has not yet. It is counted there, so that files that are opened
 * together are spread over the connections.
 */
export class PromisedBytes {
  private readonly channel: SftpChannel;
  private bytes: number;

  /** @param bytes what the connection has been promised already. */
  constructor(channel: SftpChannel, bytes: number) {
    this.channel = channel;
    this.bytes = bytes;
  }

  become(bytes: number): void {
    const left = Math.max(0, bytes);
    this.channel.bytesPromised += left - this.bytes;
    this.bytes = left;
  }

  atMost(bytes: number): void {
    if (bytes < this.bytes) this.become(bytes);
  }
}
