import { printable } from '../../core/index.ts';
import { formatBytesOf, formatRate, formatTimeLeft } from '../quantity.ts';
import type { Colors } from '../settings.ts';
import { cutEnd, cutMiddle, padText, textWidth } from '../terminal-text.ts';
import { amountOf, shareOf } from './amount.ts';
import type { CurrentFile, Progress } from './state.ts';

/** What a display has room for, and how it may look. */
export interface Canvas {
  readonly columns: number;
  /** Lines at most. */
  readonly rows: number;
  readonly colors: Colors;
  /** Whether the terminal has more characters than ASCII. */
  readonly unicode: boolean;
}

/** Files of this size get a bar of their own. */
const LARGE_BYTES = 10_000_000;
const MAX_FILE_LINES = 4;
const MIN_BAR = 8;
const MAX_BAR = 30;
const MAX_NAME = 60;
const GAP = '  ';

/**
 * Draws how far a work is: a line for the whole, and one for each of a few large files under way.
 *
 * No line takes more cells than `columns - 1`: a terminal that writes into its last column may begin a new line.
 */
export function renderProgress(progress: Progress, canvas: Canvas): string[] {
  const width = Math.max(1, canvas.columns - 1);
  const large = progress.current.filter(({ totalBytes }) => totalBytes >= LARGE_BYTES);
  const room = Math.max(0, Math.min(MAX_FILE_LINES, canvas.rows - 1));
  const lines = [
    overallLine(progress, width, canvas),
    ...large.slice(0, room).map((file) => fileLine(file, width, canvas)),
  ];
  return canvas.unicode ? lines : lines.map((line) => line.replaceAll('…', '~'));
}

function overallLine(progress: Progress, width: number, canvas: Canvas): string {
  const { filesTotal, filesDone, totalBytes, bytesPerSecond, secondsLeft, failed, phase } = progress;
  if (filesTotal === 0 && totalBytes === 0) return cutEnd(printable(`${phase ?? 'Working'} ...`), width);
  const left = secondsLeft === undefined ? '' : formatTimeLeft(secondsLeft);
  const isDone = filesTotal > 0 && filesDone >= filesTotal;
  // From what is needed most to what is needed least; `place` is where it stands in the line.
  const parts: (Part | undefined)[] = [
    { place: 2, text: shareOf(progress).padStart(5) },
    left === '' || isDone ? undefined : { place: 6, text: left },
    failed === 0 ? undefined : { place: 7, text: `${failed} failed`, color: canvas.colors.red },
    bytesPerSecond === undefined ? undefined : { place: 5, text: formatRate(bytesPerSecond) },
    filesTotal === 0 ? undefined : { place: 3, text: `${filesDone}/${filesTotal} files` },
    totalBytes > 0 ? { place: 4, text: amountOf(progress) } : undefined,
    left === '' || isDone ? undefined : { place: 6.5, text: 'left', glue: true },
    phase === undefined ? undefined : { place: 0, text: printable(phase), color: canvas.colors.bold },
  ];
  const chosen = thatFit(parts, width);
  const used = lineWidth(chosen);
  const bar = Math.min(MAX_BAR, width - used - GAP.length);
  if (bar >= MIN_BAR) chosen.push({ place: 1, text: barOf(progress.fraction, bar, canvas.unicode), bar: true });
  chosen.sort((one, other) => one.place - other.place);
  return cutWhole(chosen, width, canvas);
}

interface Part {
  readonly place: number;
  readonly text: string;
  readonly color?: (text: string) => string;
  /** Follows the part before it after one blank. */
  readonly glue?: boolean;
  readonly bar?: boolean;
}

function thatFit(parts: readonly (Part | undefined)[], width: number): Part[] {
  const chosen: Part[] = [];
  for (const part of parts) {
    if (part !== undefined && lineWidth([...chosen, part]) <= width) chosen.push(part);
  }
  return chosen;
}

function lineWidth(parts: readonly Part[]): number {
  const gaps = parts.reduce((sum, part, index) => sum + (index === 0 ? 0 : part.glue ? 1 : GAP.length), 0);
  return gaps + parts.reduce((sum, { text }) => sum + textWidth(text), 0);
}

function cutWhole(parts: readonly Part[], width: number, { colors }: Canvas): string {
  // Fewer cells than a percentage takes.
  if (parts.length === 0) return '';
  const line = parts.map(({ text, glue }, index) => (index === 0 ? text : `${glue ? ' ' : GAP}${text}`));
  if (textWidth(line.join('')) > width) return cutEnd(line.join(''), width);
  return parts
    .map(({ color, bar }, index) =>
      bar ? colors.cyan(line[index] ?? '') : (color?.(line[index] ?? '') ?? line[index]),
    )
    .join('');
}

function fileLine({ path, doneBytes, totalBytes }: CurrentFile, width: number, canvas: Canvas): string {
  const fraction = totalBytes > 0 ? Math.min(1, doneBytes / totalBytes) : 0;
  const share = percent(fraction);
  const amount = formatBytesOf(doneBytes, totalBytes);
  const name = printable(path);
  const nameOnly = width - GAP.length - share.length - GAP.length;
  if (nameOnly < 4) return cutEnd(`${GAP}${share}`, width);
  const short = `${GAP}${share}${GAP}${cutMiddle(name, nameOnly)}`;
  const nameWidth = Math.min(MAX_NAME, nameOnly - 2 * GAP.length - amount.length - MIN_BAR - 2);
  if (nameWidth < 12) return short;
  const bar = canvas.colors.cyan(barOf(fraction, MIN_BAR + 2, canvas.unicode));
  return `${GAP}${bar}${GAP}${share}${GAP}${padText(cutMiddle(name, nameWidth), nameWidth)}${GAP}${amount}`;
}

/** Rounded down, so that 100 % is said of what is done. */
function percent(fraction: number): string {
  return `${Math.floor(fraction * 100)} %`.padStart(5);
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function barOf(fraction: number, width: number, unicode: boolean): string {
  const inside = width - 2;
  const eighths = Math.floor(fraction * inside * 8);
  const full = Math.floor(eighths / 8);
  const done = unicode ? '█'.repeat(full) + (EIGHTHS[eighths % 8] ?? '') : '#'.repeat(full);
  return `[${done}${' '.repeat(inside - textWidth(done))}]`;
}
