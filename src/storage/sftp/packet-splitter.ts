import { MAX_PACKET_BYTES } from './protocol.ts';

/** Cuts a stream of bytes into packets; each is a buffer of its own, filled as its bytes arrive. */
export class PacketSplitter {
  private readonly header: Buffer = Buffer.alloc(4);
  private headerLength = 0;
  private packet: Buffer | undefined;
  private filled = 0;

  /**
   * @returns the packets that the chunk completes, without their length.
   * @throws {RangeError} for a length that no packet has.
   */
  take(chunk: Uint8Array): Buffer[] {
    const packets: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.packet === undefined) {
        this.header[this.headerLength++] = chunk[at++] ?? 0;
        if (this.headerLength === 4) this.begin();
        continue;
      }
      const count = Math.min(this.packet.length - this.filled, chunk.length - at);
      this.packet.set(chunk.subarray(at, at + count), this.filled);
      at += count;
      this.filled += count;
      if (this.filled < this.packet.length) continue;
      packets.push(this.packet);
      this.packet = undefined;
    }
    return packets;
  }

  private begin(): void {
    const length = this.header.readUInt32BE(0);
    if (length === 0 || length > MAX_PACKET_BYTES) throw new RangeError(`a packet of ${length} bytes`);
    // One of its own for data, which belong to whoever asked for them; small answers may share a pool.
    this.packet = length > 1024 ? Buffer.allocUnsafeSlow(length) : Buffer.allocUnsafe(length);
    this.filled = 0;
    this.headerLength = 0;
  }
}
