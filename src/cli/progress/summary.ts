import { counted, formatBytes, formatDuration, formatRate } from '../quantity.ts';

/** What became of the files of a work. */
export interface WorkSummary {
  /** What was done to them: `Copied`. */
  readonly verb: string;
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Those of the bytes that were there before. */
  readonly resumedBytes?: number;
  /** Files that needed no work. */
  readonly kept?: number;
  /** Files that are gone. */
  readonly removed?: number;
  readonly failed?: number;
}

/** `Copied 105 files, 62.0 MB in 0.8 s (78 MB/s); 3 kept; 1 failed` */
export function summaryLine(summary: WorkSummary): string {
  const { verb, files, bytes, seconds, resumedBytes = 0, kept = 0, removed = 0, failed = 0 } = summary;
  const moved = bytes - resumedBytes;
  const rate = files > 0 && moved > 0 && seconds > 0 ? ` (${formatRate(moved / seconds)})` : '';
  const amount = files > 0 ? `, ${formatBytes(bytes)} in ${formatDuration(seconds)}${rate}` : '';
  const before = resumedBytes > 0 ? `; ${formatBytes(resumedBytes)} were there from before` : '';
  const others = Object.entries({ kept, removed, failed }).map(([what, count]) =>
    count > 0 ? `; ${count} ${what}` : '',
  );
  return `${verb} ${files === 0 ? 'no files' : counted(files, 'file')}${amount}${before}${others.join('')}`;
}
