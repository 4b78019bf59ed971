import { printable } from '../core/index.ts';
import type { ChangeValue, FixPlan, PlannedChange } from '../ops/index.ts';
import { SEVERITIES } from '../ops/index.ts';
import { counted } from './quantity.ts';

/** How many rows and files are shown with changes of the same kind. */
const SHOWN_ROWS = 3;
const SHOWN_FILES = 1;
/** How many rules are named whose findings stay. */
const SHOWN_RULES = 3;
const MAX_VALUE = 60;

/**
 * The plan of a repair for people: for each file what changes from what to what. Files whose lines are the same but for
 * values are one, and of many rows the first are shown, unless all are asked for.
 */
export function* planLines(plan: FixPlan, all: boolean): Generator<string, void> {
  for (const { paths, lines } of alike(plan, all)) {
    const [first = '', ...others] = paths;
    yield printable(first);
    for (const line of lines) yield `  ${line}`;
    if (others.length > 0) yield `  likewise ${placesText(others)}`;
  }
  for (const { path, changes, reason } of plan.refused) {
    yield `Not repaired: ${printable(path)}${changes === 0 ? '' : ` (${counted(changes, 'change')})`}`;
    yield `  ${printable(reason)}`;
  }
  yield* leftLines(plan);
}

function placesText(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN_FILES).map(printable).join(', ');
  const more = paths.length - SHOWN_FILES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

interface AlikeFiles {
  readonly paths: string[];
  readonly lines: readonly string[];
}

function alike({ files }: FixPlan, all: boolean): AlikeFiles[] {
  const groups = new Map<string, AlikeFiles>();
  for (const { path, changes } of files) {
    const key = all ? path : [...new Set(changes.map(kindOf))].join('\n');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { paths: [path], lines: [...changeLines(changes, all)] });
    else known.paths.push(path);
  }
  return [...groups.values()];
}

function kindOf({ hdu, kind, name }: PlannedChange): string {
  return [hdu?.index, hdu?.name, kind, name].join('\t');
}

function* changeLines(changes: readonly PlannedChange[], all: boolean): Generator<string, void> {
  const kinds = new Map<string, PlannedChange[]>();
  for (const change of changes) {
    const known = kinds.get(kindOf(change));
    if (known === undefined) kinds.set(kindOf(change), [change]);
    else known.push(change);
  }
  for (const ofKind of kinds.values()) {
    const shown = all ? ofKind : ofKind.slice(0, SHOWN_ROWS);
    for (const change of shown) yield changeText(change);
    const more = ofKind.length - shown.length;
    const [first] = ofKind;
    if (more > 0 && first !== undefined) yield `${placeText(first)}: ${counted(more, 'more row')}`;
  }
}

function placeText({ hdu, name, kind }: PlannedChange): string {
  const place = hdu === undefined ? '' : `[${printable(hdu.name || String(hdu.index))}] `;
  return `${place}${kind === 'path' ? 'path of file' : kind === 'order' ? 'rows' : printable(name)}`;
}

/** One change as a line: `[EVENTS] TELAPSE: 0 → 1680 (telapse)`. */
function changeText(change: PlannedChange): string {
  const row = change.row === undefined ? '' : `, row ${change.row}`;
  return `${placeText(change)}${row}: ${whatText(change)} (${change.rule})`;
}

function whatText({ kind, name, found, value, follows }: PlannedChange): string {
  if (kind === 'order') return `sorted by ${printable(name)}`;
  if (kind === 'checksum') return 'computed anew';
  if (follows !== undefined) return `${valueText(found)} -> that of the repaired file`;
  return found === null ? `added, ${valueText(value)}` : `${valueText(found)} -> ${valueText(value)}`;
}

function valueText(value: ChangeValue): string {
  if (typeof value !== 'string') return String(value);
  const text = /^[0-9a-f]{32}$/i.test(value) ? `${value.slice(0, 8)}...` : printable(value);
  return `"${text.length > MAX_VALUE ? `...${text.slice(3 - MAX_VALUE)}` : text}"`;
}

/** What no repair is for, by rule. */
function* leftLines({ left }: FixPlan): Generator<string, void> {
  for (const severity of SEVERITIES) {
    const codes = [...(left.get(severity) ?? [])].sort(([, one], [, other]) => other - one);
    if (codes.length === 0) continue;
    const total = codes.reduce((sum, [, count]) => sum + count, 0);
    const shown = codes.slice(0, SHOWN_RULES).map(([code]) => code);
    const more = codes.length > shown.length ? ', …' : '';
    yield `No repair for ${counted(total, severity)}: ${shown.join(', ')}${more}`;
  }
}

/** `12 repairs in 3 files`. */
export function repairsText({ files }: FixPlan): string {
  const changes = files.reduce((sum, each) => sum + each.changes.length, 0);
  return `${counted(changes, 'repair')} in ${counted(files.length, 'file')}`;
}
