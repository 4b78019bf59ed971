import type { Finding } from './finding.ts';

const SHOWN_ROWS = 5;

/** Counts rows with the same fault, and remembers the first of them. */
export class RowTally {
  count = 0;
  /** From 1. */
  readonly rows: number[] = [];
  readonly examples: string[] = [];

  /** @param row from 0. @param example what stands there. */
  add(row: number, example: string | number): void {
    this.count += 1;
    if (this.rows.length >= SHOWN_ROWS) return;
    this.rows.push(row + 1);
    this.examples.push(String(example));
  }

  get any(): boolean {
    return this.count > 0;
  }

  /** `12 of 3000 rows (1, 2, 3, …)`. */
  of(total: number): string {
    const listed = this.count > this.rows.length ? `${this.rows.join(', ')}, …` : this.rows.join(', ');
    return `${this.count} of ${total} ${total === 1 ? 'row' : 'rows'} (row ${listed})`;
  }

  /** The part of a finding that says which rows. */
  detail(): Pick<Finding, 'row' | 'rows' | 'count' | 'found'> {
    return { row: this.rows[0], rows: [...this.rows], count: this.count, found: this.examples.join(', ') };
  }
}
