import type { Difference, Side, StoreComparison, ValuePair } from '../ops/index.ts';
import { plainText } from './cell-text.ts';
import { counted } from './quantity.ts';
import type { JsonEvent } from './reporter.ts';
import type { Colors } from './settings.ts';

/** Differences of one kind are listed up to this number, unless all are asked for. */
const LISTED = 10;
/** Values of one row. */
const LISTED_VALUES = 4;

/** A comparison for people: differences in groups, and a line for what is equal. */
export function* differenceLines(comparison: StoreComparison, all: boolean, colors: Colors): Generator<string, void> {
  const groups = grouped(comparison.differences, ({ dataset }) => dataset);
  for (const [dataset, differences] of groups) {
    const [first] = differences;
    const isWhole = first?.kind === 'dataset';
    yield colors.bold(`Dataset ${plainText(dataset)}${isWhole ? `: ${only(first.only)}` : ''}`);
    if (isWhole) continue;
    for (const [title, group] of grouped(differences, titleOf)) {
      yield `  ${title}: ${group.length}`;
      const lines = (all ? group : group.slice(0, LISTED + 1)).map((each) => lineOf(each, all, colors));
      yield* listed(lines, all, group.length).map((line) => `    ${line}`);
    }
  }
  const { problems } = comparison;
  if (problems.length > 0) {
    yield colors.bold(`Not compared: ${problems.length}`);
    yield* listed(problems, all).map((problem) => `  ${plainText(problem)}`);
  }
  yield summaryOf(comparison);
}

/** Lines, no more than some unless all are asked for. @param count how many there are, also of those not given */
function listed(lines: readonly string[], all: boolean, count: number = lines.length): string[] {
  if (all || count <= LISTED) return [...lines];
  return [...lines.slice(0, LISTED), `and ${count - LISTED} more (--verbose lists them)`];
}

/** In the order in which the groups begin. */
function grouped(list: readonly Difference[], keyOf: (each: Difference) => string): Map<string, Difference[]> {
  const groups = new Map<string, Difference[]>();
  for (const each of list) {
    const group = groups.get(keyOf(each));
    if (group === undefined) groups.set(keyOf(each), [each]);
    else group.push(each);
  }
  return groups;
}

/** A comparison as `--json` prints it, but for its differences. */
export function comparisonRecord({ differences, observations, files, problems }: StoreComparison): object {
  return {
    equal: differences.length === 0 && problems.length === 0,
    differences: differences.length,
    observations,
    filesBySize: files.bySize,
    filesByChecksum: files.byChecksum,
    filesByContent: files.byContent,
    problems,
  };
}

/** The differences as `--json` prints them. */
export function* differenceRecords({ differences }: StoreComparison): Generator<JsonEvent, void> {
  for (const each of differences) yield { event: 'difference', ...each };
}

function only(side: Side | null): string {
  return side === null ? 'differ' : `only in ${side.toUpperCase()}`;
}

function titleOf(each: Difference): string {
  switch (each.kind) {
    case 'dataset':
      return `Dataset ${only(each.only)}`;
    case 'observation':
      return `Observations ${only(each.only)}`;
    case 'column':
      return each.only === null ? 'Units that differ' : `Columns ${only(each.only)}`;
    case 'keyword':
      return 'Time references that differ';
    case 'observation-row':
      return 'Observations whose index rows differ';
    case 'hdu-row':
      return each.only === null ? 'HDUs whose index rows differ' : `HDUs ${only(each.only)}`;
    case 'file':
      return 'Files that differ';
  }
}

function lineOf(each: Difference, all: boolean, colors: Colors): string {
  switch (each.kind) {
    case 'dataset':
      return only(each.only);
    case 'observation':
      return String(each.id);
    case 'column':
      return `${each.index} index: ${plainText(each.name)}${each.units === null ? '' : ` ${pair(each.units.a, each.units.b, colors)}`}`;
    case 'keyword':
      return `${each.index} index: ${valueText(each.value, colors)}`;
    case 'observation-row':
      return `${each.id}  ${valuesText(each.values, all, colors)}`;
    case 'hdu-row': {
      const { type, hduClass, hduName } = each.hdu;
      const name = [type, hduClass, hduName].filter((part) => part !== '').map(plainText);
      return `${each.id} ${name.join(' ')}  ${valuesText(each.values, all, colors)}`.trimEnd();
    }
    case 'file':
      return `${plainText(each.path)}  ${reasonText(each, colors)}`;
  }
}

function reasonText({ reason, sizeBytes }: Difference & { kind: 'file' }, colors: Colors): string {
  switch (reason) {
    case 'absent':
      return `only in ${sizeBytes.a === null ? 'B' : 'A'}`;
    case 'size':
      return `${pair(`${sizeBytes.a}`, `${sizeBytes.b}`, colors)} bytes`;
    case 'checksum':
      return 'another checksum';
    case 'content':
      return 'another content of the same size';
    case 'compression':
      return 'compressed in one store only';
  }
}

function valuesText(values: readonly ValuePair[], all: boolean, colors: Colors): string {
  const shown = all ? values : values.slice(0, LISTED_VALUES);
  const more = values.length > shown.length ? `, and ${counted(values.length - shown.length, 'more column')}` : '';
  return `${shown.map((value) => valueText(value, colors)).join(', ')}${more}`;
}

function valueText({ name, a, b }: ValuePair, colors: Colors): string {
  return `${plainText(name)} ${pair(plainText(a), plainText(b), colors)}`;
}

function pair(a: string, b: string, colors: Colors): string {
  return `${colors.red(plainText(a))} | ${colors.green(plainText(b))}`;
}

function summaryOf({ differences, observations, files }: StoreComparison): string {
  const { bySize, byChecksum, byContent } = files;
  const compared = bySize + byChecksum + byContent;
  const how = [
    byContent > 0 ? `${byContent} by content` : '',
    byChecksum > 0 ? `${byChecksum} by checksum` : '',
    bySize > 0 ? `${bySize} by size` : '',
  ].filter((part) => part !== '');
  const what = `${counted(observations, 'observation')} and ${counted(compared, 'file')} compared`;
  const verdict = differences.length === 0 ? 'Equal' : `${counted(differences.length, 'difference')}`;
  return `${verdict}: ${what}${how.length > 0 ? ` (files: ${how.join(', ')})` : ''}`;
}
