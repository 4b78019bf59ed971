import { IactError } from '../core/index.ts';
import type { CheckTotals, Finding, ObservationSummary, RuleFailure } from '../ops/index.ts';
import { SEVERITIES } from '../ops/index.ts';
import { plainText } from './cell-text.ts';
import { counted } from './quantity.ts';
import type { Reporter } from './reporter.ts';

/** How many places are shown of findings that differ in their place only. */
const SHOWN_PLACES = 3;
/** How many observations are named that lack something. */
const SHOWN_IDS = 10;

/** Findings of one rule about the same column or card of HDUs of one name. */
interface FindingGroup {
  readonly first: Finding;
  readonly places: string[];
  count: number;
  repairable: boolean;
}

/** Collects findings for people: those that differ in their place only are one. Memory does not grow with the store. */
class FindingGroups {
  private readonly groups = new Map<string, FindingGroup>();

  add(finding: Finding): void {
    const { code, severity, dataset, hdu, column, card } = finding;
    const key = [code, severity, dataset, hdu?.name.toUpperCase(), column, card].join('\n');
    const known = this.groups.get(key);
    const place = placeText(finding);
    if (known === undefined) {
      this.groups.set(key, { first: finding, places: [place], count: 1, repairable: finding.repair !== undefined });
      return;
    }
    known.count += 1;
    known.repairable ||= finding.repair !== undefined;
    if (known.places.length < SHOWN_PLACES && !known.places.includes(place)) known.places.push(place);
  }

  /** The worst first, and in the order in which they were found. */
  *lines(): Generator<string, void> {
    for (const severity of SEVERITIES) {
      for (const group of this.groups.values()) if (group.first.severity === severity) yield* groupLines(group);
    }
  }
}

function* groupLines({ first, places, count, repairable }: FindingGroup): Generator<string, void> {
  const [place = '', ...others] = places;
  yield* findingLines(first, place, repairable);
  if (count === 1) return;
  const listed = others.join(', ');
  const more = count - 1 - others.length;
  const rest = more > 0 ? `${listed}${listed === '' ? '' : ' and '}${more} more` : listed;
  yield `         the same: ${rest}`;
}

/** A finding as lines of text. */
function* findingLines(
  finding: Finding,
  place: string = placeText(finding),
  repairable: boolean = finding.repair !== undefined,
): Generator<string, void> {
  const { severity, code, message, clause } = finding;
  yield `${severity.padEnd(8)} ${code}: ${place}`;
  yield `         ${plainText(message)}`;
  yield `         (${clause}${repairable ? '; can be repaired' : ''})`;
}

function placeText({ uri, obsId, hdu, column, card, row }: Finding): string {
  const parts = [plainText(uri) + (hdu === undefined ? '' : `[${plainText(hdu.name || String(hdu.index))}]`)];
  if (column !== undefined) parts.push(`column ${plainText(column)}`);
  else if (card !== undefined) parts.push(plainText(card));
  if (row !== undefined) parts.push(`row ${row}`);
  if (obsId !== undefined) parts.push(`OBS_ID ${plainText(obsId)}`);
  return parts.join(', ');
}

/** What the observations have: those with the same HDUs together, the largest group first. */
export class ObservationGroups {
  private readonly groups = new Map<string, { text: string; ids: string[]; count: number }>();

  add({ dataset, obsId, hdus, missing }: ObservationSummary): void {
    const classes = Object.entries(hdus).map(([type, hduClass]) => plainText(hduClass || type));
    const lost = missing.map((type) => `${plainText(type)} MISSING`);
    const text = [...classes, ...lost].join(' ') || 'nothing';
    const key = `${dataset}\n${text}`;
    const group = this.groups.get(key) ?? { text: `${plainText(dataset)}: ${text}`, ids: [], count: 0 };
    this.groups.set(key, group);
    group.count += 1;
    if (group.ids.length < SHOWN_IDS) group.ids.push(plainText(obsId));
  }

  *lines(): Generator<string, void> {
    const sorted = [...this.groups.values()].sort((left, right) => right.count - left.count);
    for (const { text, ids, count } of sorted) {
      const which = count > ids.length ? `${ids.slice(0, 3).join(', ')}, …` : ids.join(', ');
      yield `${counted(count, 'observation')} of ${text}  (OBS_ID ${which})`;
    }
  }
}

type OptionalKey<T> = { [Key in keyof T]-?: undefined extends T[Key] ? Key : never }[keyof T];

/** The keys of a finding for `--json` that do not apply to all; those that do not are null. */
const NO_FINDING: Readonly<Record<OptionalKey<Finding>, null>> = {
  dataset: null,
  obsId: null,
  hdu: null,
  column: null,
  card: null,
  row: null,
  rows: null,
  count: null,
  found: null,
  wanted: null,
  repair: null,
};

/** Which findings these are: of the store as it is, or of what is left behind a repair. */
type FindingEvent = 'violation' | 'remaining';

/**
 * Tells what a check finds: programs as it comes, people as it comes if each is asked for, or by kind at the end, so that
 * memory does not hold the findings.
 */
export class FindingOutput {
  private readonly groups = new FindingGroups();
  private readonly reporter: Reporter;
  private readonly all: boolean;
  private readonly event: FindingEvent;

  constructor(reporter: Reporter, { all = false }: { readonly all?: boolean }, event: FindingEvent) {
    this.reporter = reporter;
    this.all = all;
    this.event = event;
  }

  readonly onFinding = (finding: Finding): void => {
    this.reporter.record({ event: this.event, finding: { ...NO_FINDING, ...finding } });
    if (this.all) this.reporter.show(findingLines(finding));
    else this.groups.add(finding);
  };

  readonly onFailure = ({ code, place, message }: RuleFailure): void => {
    const fault = `The rule "${code}" failed at "${plainText(place.uri)}": ${plainText(message)}.`;
    this.reporter.warning(`${fault} This is a fault of iactools; please report it.`);
  };

  /** What has not been shown yet. */
  lines(): Iterable<string> {
    return this.groups.lines();
  }
}

/** `3 errors, 1 warning, 2 notes`. */
function countsText({ counts }: CheckTotals): string {
  return SEVERITIES.map((severity) => counted(counts[severity], severity)).join(', ');
}

/** `3 errors, 1 warning, 2 notes in 5 data files`. */
export function summaryText(totals: CheckTotals, { fast }: { readonly fast?: boolean }): string {
  return `${countsText(totals)} in ${counted(totals.files, 'data file')}${fast ? ' (headers only)' : ''}`;
}

/** Every key of the result of a check for `--json`; what is not of this one is null. */
const NO_RESULT = {
  store: null,
  errors: null,
  warnings: null,
  notes: null,
  failures: null,
  files: null,
  observations: null,
  rules: null,
  fix: null,
};

/** The totals of a check for `--json`. */
export function totalsRecord(
  store: string,
  { counts, failures, files, observations }: CheckTotals,
): Readonly<Record<string, string | number | null>> {
  return {
    ...NO_RESULT,
    store,
    errors: counts.error,
    warnings: counts.warning,
    notes: counts.note,
    failures,
    files,
    observations,
  };
}

/** The list of rules for `--json`. */
export function rulesRecord(rules: readonly object[]): Readonly<Record<string, unknown>> {
  return { ...NO_RESULT, rules };
}

/** @throws {IactError} `incomplete` for a store with errors, and if a rule has failed. */
export function refuseErrors(store: string, totals: CheckTotals): void {
  const { counts, failures } = totals;
  if (counts.error === 0 && failures === 0) return;
  const failed = failures === 0 ? '' : ` Rules failed ${counted(failures, 'time')}.`;
  throw new IactError('incomplete', `"${store}" has ${countsText(totals)}.${failed}`, { uri: store });
}
