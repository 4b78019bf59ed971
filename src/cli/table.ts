import { padText, textWidth } from './terminal-text.ts';

/** A column of a table of text. */
export interface TextColumn {
  readonly title: string;
  readonly unit: string | undefined;
  readonly alignRight: boolean;
  readonly cells: readonly string[];
}

const GAP = '  ';

/** The columns that fit into a width, from the first on; the first one always does. */
export function columnsThatFit(columns: readonly TextColumn[], width: number): TextColumn[] {
  const kept: TextColumn[] = [];
  let used = -GAP.length;
  for (const column of columns) {
    used += GAP.length + widthOf(column);
    if (kept.length > 0 && used > width) break;
    kept.push(column);
  }
  return kept;
}

/** Lines of a table: titles, units if there are any, and the cells below them. */
export function* tableLines(columns: readonly TextColumn[]): Generator<string, void> {
  const widths = columns.map(widthOf);
  const line = (texts: readonly string[]): string => {
    const padded = texts.map((text, i) => padText(text, widths[i] ?? 0, columns[i]?.alignRight));
    return padded.join(GAP).trimEnd();
  };
  yield line(columns.map(({ title }) => title));
  if (columns.some(({ unit }) => unit)) yield line(columns.map(({ unit }) => unit ?? ''));
  const rows = columns[0]?.cells.length ?? 0;
  for (let row = 0; row < rows; row++) yield line(columns.map(({ cells }) => cells[row] ?? ''));
}

function widthOf({ title, unit = '', cells }: TextColumn): number {
  return cells.reduce((most, cell) => Math.max(most, textWidth(cell)), Math.max(textWidth(title), textWidth(unit)));
}
