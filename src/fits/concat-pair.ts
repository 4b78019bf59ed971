import type { Column } from './column.ts';
import type { BinTable } from './table.ts';

/** A table to be joined, or some of its rows. */
export interface TablePart {
  table: BinTable;
  /** Which rows, in this order; all if absent. */
  rows?: Uint32Array | undefined;
}

/** Where one part has a column of the joined table. */
export interface Source {
  /** Position of the part. */
  readonly part: number;
  readonly table: BinTable;
  readonly rows: Uint32Array | undefined;
  /** Rows that are taken. */
  readonly rowCount: number;
  readonly column: Column;
}

/** A column of the joined table. */
export interface JoinedColumn {
  /** As the first part that has it spells it. */
  readonly name: string;
  /** By part; undefined where the part has no such column. */
  readonly sources: readonly (Source | undefined)[];
  /** Those that are there; the first gives the column its keywords. */
  readonly present: readonly [Source, ...Source[]];
  /** Whether a part that has rows has no such column. */
  readonly missing: boolean;
}

/** Rows that a part takes from its table. */
export function partRows(part: TablePart): number {
  return part.rows?.length ?? part.table.rowCount;
}

/**
 * The columns of joined tables: those of the first part in their order, then those that later parts add. Names are
 * matched in their spelling first, then in any case; a name that stands twice is matched by occurrence.
 */
export function pairColumns(parts: readonly TablePart[]): JoinedColumn[] {
  const joined: { name: string; sources: (Source | undefined)[] }[] = [];
  parts.forEach((part, index) => {
    const taken = new Set<number>();
    let left = [...part.table.columns];
    for (const spelling of [(name: string) => name, (name: string) => name.toLowerCase()]) {
      const free = freeColumns(joined, taken, spelling);
      left = left.filter((column) => {
        const position = free.get(spelling(column.name))?.shift();
        if (position === undefined) return true;
        taken.add(position);
        const target = joined[position];
        if (target !== undefined) target.sources[index] = sourceOf(part, index, column);
        return false;
      });
    }
    for (const column of left) {
      const sources: (Source | undefined)[] = parts.map(() => undefined);
      sources[index] = sourceOf(part, index, column);
      joined.push({ name: column.name, sources });
    }
  });
  return joined.map(({ name, sources }) => ({
    name,
    sources,
    present: sources.filter((source) => source !== undefined) as unknown as readonly [Source, ...Source[]],
    missing: parts.some((part, index) => sources[index] === undefined && partRows(part) > 0),
  }));
}

/** Positions of the columns that are not taken yet, by name. */
function freeColumns(
  joined: readonly { name: string }[],
  taken: ReadonlySet<number>,
  spelling: (name: string) => string,
): Map<string, number[]> {
  const free = new Map<string, number[]>();
  joined.forEach(({ name }, position) => {
    if (taken.has(position)) return;
    const key = spelling(name);
    const positions = free.get(key);
    if (positions === undefined) free.set(key, [position]);
    else positions.push(position);
  });
  return free;
}

function sourceOf(part: TablePart, index: number, column: Column): Source {
  return { part: index, table: part.table, rows: part.rows, rowCount: partRows(part), column };
}
