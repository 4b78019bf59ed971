import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { buildTable } from './build.ts';
import { concatTables, type TablePart } from './concat.ts';
import { arbitraryColumn, arbitraryFamily, type ColumnCase, type KindFamily } from './testing/arbitrary-table.ts';
import { readTable, tableFile } from './testing/files.ts';
import { type PlainValue, plainTable } from './testing/values.ts';

interface PartCase {
  part: TablePart;
  rowCount: number;
  /** Expected values of the rows that are taken, by column. */
  expected: Map<string, PlainValue[][]>;
}

/** A part with some of the columns C0, C1, …, whose families are given. */
function arbitraryPart(families: readonly KindFamily[]): fc.Arbitrary<PartCase> {
  return fc.integer({ min: 1, max: 4 }).chain((rowCount) => {
    const columns = families.map((family) => fc.option(arbitraryColumn(family, rowCount), { freq: 4 }));
    const rows = fc.option(fc.array(fc.nat(rowCount - 1), { maxLength: 5 }), { freq: 2 });
    return fc.tuple(fc.tuple(...columns), rows).map(([cases, taken]) => partOf(rowCount, cases, taken));
  });
}

function partOf(rowCount: number, cases: readonly (ColumnCase | null)[], taken: readonly number[] | null): PartCase {
  const named = cases.flatMap((each, i) => (each === null ? [] : [{ ...each, name: `C${i}` }]));
  const marker: ColumnCase = { spec: { name: 'ROW', form: 'B', values: new Uint8Array(rowCount) }, expected: [] };
  const specs = [marker.spec, ...named.map(({ spec, name }) => ({ ...spec, name }))];
  const rows = taken ?? Array.from({ length: rowCount }, (_, row) => row);
  const pick = (values: readonly PlainValue[][]): PlainValue[][] => rows.map((row) => values[row] ?? []);
  return {
    part: {
      table: buildTable({ name: 'T', columns: specs }),
      rows: taken === null ? undefined : Uint32Array.from(taken),
    },
    rowCount: rows.length,
    expected: new Map(named.map(({ name, expected }) => [name, pick(expected)])),
  };
}

const arbitraryParts = fc
  .array(arbitraryFamily, { minLength: 1, maxLength: 4 })
  .chain((families) => fc.array(arbitraryPart(families), { minLength: 1, maxLength: 3 }));

/** A value without its type: what is null, NaN or filled up is the same nothing. */
function essence(value: PlainValue | undefined): string {
  if (value === undefined || value === null || value === 'NaN' || value === '' || value === false) return '';
  if (Array.isArray(value)) return value.map(essence).join();
  // Integers pass through bigints so that both types show the same digits.
  return typeof value === 'number' && Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

/** The values of a row without what fills it up at its end. */
function essentials(row: readonly PlainValue[]): string {
  return row
    .map(essence)
    .join('|')
    .replace(/[|,]+$/, '');
}

function essentialTable(values: Record<string, PlainValue[][]>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, rows]) => [name, rows.map(essentials)]));
}

/** The joined table, or undefined where its integers have no type in common. */
function tryConcat(parts: readonly TablePart[]): ReturnType<typeof concatTables> | undefined {
  try {
    return concatTables(parts);
  } catch (error) {
    if (
      error instanceof IactError &&
      /not exact as a double|no integer type holds|several values/.test(error.message)
    ) {
      return undefined;
    }
    throw error;
  }
}

describe('concatTables() of any tables', () => {
  it('concatTables() has all rows, and every cell of every part', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryParts, async (parts) => {
        const joined = tryConcat(parts.map(({ part }) => part));
        fc.pre(joined !== undefined);
        const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0);
        expect(joined.rowCount).toBe(rowCount);
        const values = essentialTable(plainTable(await readTable(tableFile(joined))));
        for (const name of Object.keys(values).filter((each) => each !== 'ROW')) {
          const expected = parts.flatMap(
            (part) => part.expected.get(name) ?? Array.from({ length: part.rowCount }, () => []),
          );
          expect(values[name]).toEqual(expected.map(essentials));
        }
      }),
      { numRuns: 400 },
    );
  });

  it('concatTables() is associative in its values', () => {
    fc.assert(
      fc.property(arbitraryParts, (parts) => {
        const all = parts.map(({ part }) => part);
        const joined = tryConcat(all);
        fc.pre(joined !== undefined && all.length > 2);
        const [first, ...others] = all;
        const tail = tryConcat(others);
        fc.pre(first !== undefined && tail !== undefined);
        const left = tryConcat(all.slice(0, -1));
        const last = all.at(-1);
        fc.pre(left !== undefined && last !== undefined);
        const expected = essentialTable(plainTable(joined));
        expect(essentialTable(plainTable(concatTables([{ table: left }, last])))).toEqual(expected);
        expect(essentialTable(plainTable(concatTables([first, { table: tail }])))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('concatTables() of one whole table gives that table', () => {
    fc.assert(
      fc.property(arbitraryParts, ([only]) => {
        fc.pre(only !== undefined && only.part.rows === undefined);
        const { table } = only.part;
        const joined = concatTables([{ table }]);
        expect(joined.rows).toEqual(table.rows);
        expect(joined.header.encode()).toEqual(table.header.encode());
      }),
    );
  });
});
