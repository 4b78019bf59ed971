import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { itNeeds, program } from '../../test/support/require.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { IactError } from '../core/index.ts';
import { type BinTable, buildTable } from '../fits/index.ts';
import { exprTable } from '../ops/index.ts';
import { type CompileOptions, compileExpression, compileFilter, type ExprResult, type ExprTable } from './index.ts';
import { uniformRandom } from './random.ts';
import { fitscopy, forEachOf, writeTestFile } from './testing/fitscopy.ts';
import { Generator } from './testing/generate.ts';
import { PROJECTIONS, placesTable, RegionGenerator } from './testing/sample-region.ts';
import { sampleTable } from './testing/sample-table.ts';

// The oracle is CFITSIO itself. What the generators leave out is listed in docs/reference/row-filter.md.

const itLive = itNeeds(program('fitscopy'));

/** The outcome of a filter: the rows, or that there was an error. */
type Outcome = readonly number[] | 'error';

function ours(table: ExprTable, text: string, options?: CompileOptions): Outcome {
  try {
    return [...compileFilter(text, table, options).select(table)];
  } catch (error) {
    if (error instanceof IactError) return 'error';
    throw error;
  }
}

let filterFiles = 0;

/** The rows that CFITSIO selects, told by the column TIME, whose values differ in all rows. */
async function theirs(directory: string, table: BinTable, text: string): Promise<Outcome> {
  // In the name of a file, "][" ends one filter and begins another, and quotes must come in pairs.
  const inFile = text.includes('][') || text.includes(`"it's"`) || text.length > 600;
  const name = `${inFile ? filterFiles++ : 'none'}.txt`;
  if (inFile) writeFileSync(join(directory, name), text);
  const selected = await fitscopy(directory, `in.fits[EVENTS#][${inFile ? `@${name}` : ` ${text}`}]`);
  if (selected === undefined) return 'error';
  const times = [...numbersOf(table, 'TIME')];
  return [...numbersOf(selected, 'TIME')].map((time) => times.indexOf(time));
}

function numbersOf(table: BinTable, column: string): ArrayLike<number> & Iterable<number> {
  const data = table.read(column);
  if (data.kind !== 'number') throw new Error(`${column} holds no numbers`);
  return data.values;
}

async function compareFilters(
  texts: readonly string[],
  table: BinTable,
  directory: string,
  options?: CompileOptions,
): Promise<number> {
  const source = exprTable(table);
  const differences: string[] = [];
  let errors = 0;
  await forEachOf(texts, async (text) => {
    const [expected, found] = [await theirs(directory, table, text), ours(source, text, options)];
    if (expected === 'error' && found === 'error') errors++;
    else if (JSON.stringify(expected) !== JSON.stringify(found))
      differences.push(`${text}\n  CFITSIO ${expected}\n  ours    ${found}`);
  });
  expect(differences.join('\n')).toBe('');
  return errors;
}

describe('compileFilter() beside CFITSIO', () => {
  itLive(
    'selects the same rows by 2100 generated filters, or refuses them too',
    async () => {
      const directory = await tempDirectory();
      let errors = 0;
      for (const seed of [101, 102, 103]) {
        const table = sampleTable(seed);
        writeTestFile(directory, 'in.fits', [table.toOutput()]);
        const generator = new Generator(seed, exprTable(table).columns);
        errors += await compareFilters(
          Array.from({ length: 700 }, () => generator.filter()),
          table,
          directory,
        );
      }
      // Most must be valid, or the comparison says little; some must not be.
      expect(errors).toBeGreaterThan(100);
      expect(errors).toBeLessThan(400);
    },
    120_000,
  );

  itLive(
    'refuses what CFITSIO refuses, and takes what it takes, whatever the order of operators',
    async () => {
      const directory = await tempDirectory();
      const table = sampleTable(104);
      writeTestFile(directory, 'in.fits', [table.toOutput()]);
      const operators = ['==', '<', '&&', '+', '||', '*', '!=', '-', '>=', '/', '%', '~', '&', '^', '|', '^^'];
      const numbers = ['SHORTS', 'DOUBLE', '3', '-UINT16', '2.5', 'LONGS', '(int)FLAG_L'];
      const operands = [...numbers, 'FLAG_L', '!QUALITY', 'T', 'OBJECT', 'MASK', "'a'", 'b01', '!SHORTS'];
      const random = uniformRandom(104);
      const pick = (from: readonly string[]): string => from[Math.floor(random() ** 1.5 * from.length)] ?? '';
      const texts = Array.from({ length: 400 }, (_, i) => {
        const text = `${pick(operands)} ${pick(operators)} ${pick(operands)} ${pick(operators)} ${pick(operands)}`;
        return [text, `${text} > SINGLE`, `isnull(${text})`, `FLAG_L ? ${text} : QUALITY`][i % 4] ?? '';
      });
      const errors = await compareFilters(texts, table, directory);
      expect(texts.length - errors).toBeGreaterThan(30);
    },
    60_000,
  );

  itLive(
    'tests places against regions of every shape, in pixels and on the sky',
    async () => {
      const directory = await tempDirectory();
      const table = placesTable();
      writeTestFile(directory, 'in.fits', [table.toOutput()]);
      const generator = new RegionGenerator(21);
      const projections = [...PROJECTIONS, 'ROT'];
      const texts = Array.from({ length: 160 }, (_, i) => {
        const isSky = i % 2 === 1;
        writeFileSync(join(directory, `${i}.reg`), generator.region(isSky));
        const name = isSky ? projections[(i >> 1) % projections.length] : '';
        return i % 5 === 0 ? `regfilter('${i}.reg')` : `regfilter("${i}.reg", X${name}, Y${name})`;
      });
      const readText = (name: string): string => readFileSync(join(directory, name), 'utf8');
      await compareFilters(texts, table, directory, { resources: { readText } });
    },
    60_000,
  );

  itLive(
    'finds good times in ordered, disordered, shifted and empty tables',
    async () => {
      const directory = await tempDirectory();
      const table = placesTable();
      const starts = Array.from({ length: 30 }, (_, i) => i * 13 + (i % 4));
      const gti = (name: string, from: readonly number[], length: number, timeZero: number): BinTable =>
        buildTable({
          name,
          columns: [
            { name: 'TSTART', form: '1D', values: from },
            { name: 'TSTOP', form: '1D', values: from.map((start) => start + length) },
          ],
          cards: [['TIMEZERO', timeZero]],
        });
      const tables: Record<string, BinTable> = {
        FEW_GTI: gti('FEW_GTI', [5, 100.5, 300], 42, 0),
        MANY: gti('MANY', starts, 7.5, 2.25),
        MIXED: gti('MIXED', starts.toReversed(), 6, 0),
        NONE: gti('NONE', [], 0, 0),
      };
      writeTestFile(
        directory,
        'in.fits',
        [table, ...Object.values(tables)].map((each) => each.toOutput()),
      );
      const texts = ['', '[MANY]', '[MIXED]', '[NONE]', '+2', '[3]'].flatMap((name) => [
        `gtifilter('${name}')`,
        `gtifilter('${name}', TIME * 2 - X, '*START', "TSTOP")`,
        // CFITSIO's grammar takes these two for truth values, which only "*" makes numbers.
        `gtifind('${name}', TIME) * 1 > 1`,
        `gtioverlap('${name}', TIME, TIME + 30) * 1. > 6`,
        `gtioverlap('${name}', X, TIME) * 1. = 20 : 100.5`,
      ]);
      const names = ['EVENTS', ...Object.keys(tables)];
      const readTable = (name: string): ExprTable => {
        const place = /\d/.exec(name)?.[0];
        const wanted = name === '' ? 'FEW_GTI' : place === undefined ? name.slice(1, -1) : names[Number(place) - 1];
        return exprTable(tables[wanted ?? ''] as BinTable);
      };
      await compareFilters(texts, table, directory, { resources: { readTable } });
    },
    60_000,
  );
});

/** Expressions computed by CFITSIO as columns of a table, several at once. */
const BATCH = 15;

describe('compileExpression() beside CFITSIO', () => {
  itLive(
    'calculates the same values, types and shapes',
    async () => {
      const directory = await tempDirectory();
      const table = sampleTable(105);
      writeTestFile(directory, 'in.fits', [table.toOutput()]);
      const source = exprTable(table);
      const texts = usable(new Generator(105, source.columns), source, 900);
      const batches = Array.from({ length: Math.ceil(texts.length / BATCH) }, (_, i) =>
        texts.slice(i * BATCH, (i + 1) * BATCH),
      );
      const differences: string[] = [];
      await forEachOf(batches, async (batch) => {
        const name = `${filterFiles++}.txt`;
        writeFileSync(join(directory, name), batch.map((text, i) => `R${i}=${text};\n`).join(''));
        const computed = await fitscopy(directory, `in.fits[EVENTS#][col @${name}]`);
        if (computed === undefined) differences.push(`CFITSIO refuses one of\n  ${batch.join('\n  ')}`);
        else
          for (const [i, text] of batch.entries()) differences.push(...differencesOf(text, source, computed, `R${i}`));
      });
      expect(differences.join('\n')).toBe('');
    },
    60_000,
  );
});

/** Expressions that we take, and that can stand in a column filter (constants would become keywords). */
function usable(generator: Generator, source: ExprTable, count: number): string[] {
  const texts: string[] = [];
  while (texts.length < count) {
    const text = generator.expression();
    try {
      const expression = compileExpression(text, source);
      expression.evaluate(source);
      if (!expression.isConstant) texts.push(text);
    } catch (error) {
      if (!(error instanceof IactError)) throw error;
    }
  }
  return texts;
}

function differencesOf(text: string, source: ExprTable, computed: BinTable, column: string): string[] {
  const [found, expected] = [compileExpression(text, source).evaluate(source), computed.read(column)];
  const differ = (what: string): string[] => [`${text}: ${what}`];
  if (expected.kind === 'array' || expected.kind === 'complex' || expected.kind === 'bigint')
    return differ(expected.kind);
  if (kindOf(found) !== expected.kind) return differ(`${expected.kind} expected, ${found.type} found`);
  for (let i = 0; i < found.values.length; i++) {
    const wanted = expected.kind === 'string' ? expected.get(i) : (expected.values[i] as number);
    const wantedNull =
      expected.kind === 'logical' ? wanted === 255 : expected.kind === 'number' && expected.nulls?.[i] === 1;
    const value = found.values[i] as number | string;
    const isNull = found.nulls?.[i] === 1;
    if (!isSame(wantedNull ? null : wanted, isNull ? null : value)) {
      return differ(`element ${i}: ${wantedNull ? null : wanted} expected, ${isNull ? null : value} found`);
    }
  }
  return [];
}

function kindOf({ type }: ExprResult): string {
  return type === 'integer' || type === 'real' ? 'number' : type;
}

/** Equal, or apart by what two mathematical libraries may differ by; null strings are written as blanks, null reals as NaN. */
function isSame(expected: number | string | null, found: number | string | null): boolean {
  if (typeof expected === 'string') return expected.trimEnd() === String(found ?? '').trimEnd();
  const [a, b] = [expected ?? Number.NaN, found ?? Number.NaN];
  if (typeof b === 'string') return false;
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}
