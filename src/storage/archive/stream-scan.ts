import type { TarScanner } from './tar-scanner.ts';

/** Shows a scanner the pieces that it asks for as an archive goes by. */
export class StreamScan {
  private readonly scanner: TarScanner;
  private position = 0;
  /** The beginning of the piece that is asked for. */
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(scanner: TarScanner) {
    this.scanner = scanner;
  }

  see(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let piece = this.scanner.next; piece !== undefined; piece = this.scanner.next) {
      const from = piece.position + this.heldBytes - this.position;
      const to = Math.min(bytes.length, piece.position + piece.sizeBytes - this.position);
      if (from >= bytes.length) break;
      this.held.push(bytes.subarray(from, to));
      this.heldBytes += to - from;
      if (this.heldBytes < piece.sizeBytes) break;
      const whole = Buffer.concat(this.held);
      this.held = [];
      this.heldBytes = 0;
      this.scanner.take(whole);
    }
    this.position += bytes.length;
  }

  /** The archive has ended. */
  end(): void {
    this.scanner.end(this.position);
  }
}
