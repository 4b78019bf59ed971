/** What all reads together may have asked for and not handed over yet; each may have one request besides. */
const HELD_BYTES = 32 * 1024 * 1024;

/** Keeps the memory of many reads within bounds. */
export class ReadBudget {
  private held = 0;
  private asked = 0;

  /** What was asked for and not handed over yet. */
  get heldBytes(): number {
    return this.held;
  }

  /** What was asked for from the beginning. */
  get askedBytes(): number {
    return this.asked;
  }

  mayHold(bytes: number): boolean {
    return this.held + bytes <= HELD_BYTES;
  }

  hold(bytes: number): void {
    this.held += bytes;
    this.asked += bytes;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }
}
