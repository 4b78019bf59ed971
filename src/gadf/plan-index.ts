import { directoryOf, fileNameOf, printable } from '../core/index.ts';
import { type CardEntry, COMPRESSED_IN_TILES } from '../fits/index.ts';
import { asciiText } from './ascii-text.ts';
import { commonTime } from './common-time.ts';
import { type EventList, type FiledHdu, findEventLists, selectEventLists } from './event-lists.ts';
import { type FormatVersion, formatVersionOf } from './format-version.ts';
import type { CardFact, FileFacts } from './hdu-facts.ts';
import { HduLinker } from './link-hdus.ts';
import { type ObservationRow, observationRow } from './observation-row.ts';

/** An observation as it will be listed. */
export interface IndexedObservation {
  readonly obsId: number;
  readonly row: ObservationRow;
  /** Its HDUs by type, the event list first. */
  readonly hdus: readonly FiledHdu[];
}

/** What the index of a dataset will hold. */
export interface PlannedIndex {
  /** Tells datasets of several event types apart; empty if there is one only. */
  readonly eventType: string;
  readonly observations: readonly IndexedObservation[];
  /** What the observation index holds to: v0.3 asks for more than headers of event lists of v0.2 tell. */
  readonly version: FormatVersion;
  /** Cards of the observation index: time reference, site, instrument. */
  readonly cards: readonly CardEntry[];
  readonly notes: readonly string[];
}

export interface PlannedIndexes {
  readonly indexes: readonly PlannedIndex[];
  /** What could not be listed, and why. */
  readonly problems: readonly string[];
  /** Files that hold HDUs of no observation, or none that an index lists. */
  readonly unused: readonly string[];
}

/**
 * Finds out what the indexes of a store will hold, from the headers of its files. The order of `files` does not matter.
 */
export function planStoreIndexes(files: readonly FileFacts[]): PlannedIndexes {
  const problems: string[] = [];
  const usable = files.filter((file) => file.indexKinds === undefined && canBeNamed(file, problems));
  for (const { path, compressed } of usable)
    if (compressed) problems.push(`"${path}": tables are ${COMPRESSED_IN_TILES}.`);
  const found = findEventLists(usable);
  const { selections, problems: duplicates } = selectEventLists(found.lists, usable);
  problems.push(...found.problems, ...duplicates);
  const linker = new HduLinker(usable, new Set(found.lists.map(({ obsId }) => obsId)));
  const used = new Set(found.lists.map(({ file }) => file.path));
  const reasons = new Map<string, number[]>();
  const indexes = selections.map(({ eventType, lists }): PlannedIndex => {
    const time = commonTime(lists);
    problems.push(...time.problems);
    const observations = lists.map((list) => {
      const { hdus, reasons: found } = linker.link(list);
      for (const { file } of hdus) used.add(file.path);
      for (const reason of found) {
        const ids = reasons.get(reason) ?? [];
        ids.push(list.obsId);
        reasons.set(reason, ids);
      }
      return { obsId: list.obsId, row: observationRow(list, hdus, time), hdus };
    });
    const { cards, notes } = sharedCards(lists);
    return {
      eventType,
      observations,
      version: lists.every(isOfLatestVersion) ? '0.3' : '0.2',
      cards: [...time.cards, ...cards],
      notes: [...time.notes, ...notes],
    };
  });
  problems.push(...[...reasons].map(([reason, ids]) => `${whose(ids)}: ${reason}`));
  const unused = usable.filter(({ path }) => !used.has(path)).map(({ path }) => path);
  return { indexes, problems: problems.map(printable), unused };
}

function isOfLatestVersion({ hdu }: EventList): boolean {
  return formatVersionOf((keyword) => hdu.cards[keyword]) === '0.3';
}

function whose(ids: readonly number[]): string {
  return ids.length === 1 ? `Observation ${ids[0]}` : `Observation ${ids[0]} and ${ids.length - 1} more`;
}

/** FITS text is ASCII, and blanks at its end do not count. @see FITS 4.0 §7.3.3.1 */
function canBeNamed({ path, hdus }: FileFacts, problems: string[]): boolean {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;
  if (hdus.length === 0 || [directoryOf(path), fileNameOf(path)].every((part) => part === '' || isPlain.test(part)))
    return true;
  problems.push(`"${path}": an index can only name files whose names are ASCII without blanks at their ends.`);
  return false;
}

/** Cards of the site and the instrument; one value stands for all. */
const SHARED_KEYWORDS = ['TELESCOP', 'INSTRUME', 'GEOLON', 'GEOLAT', 'ALTITUDE', 'OBSGEO-L', 'OBSGEO-B', 'OBSGEO-H'];

/** The value that most event lists have. */
function sharedCards(lists: readonly EventList[]): { cards: CardEntry[]; notes: string[] } {
  const cards: CardEntry[] = [];
  const notes: string[] = [];
  for (const keyword of SHARED_KEYWORDS) {
    const counts = new Map<CardFact, number>();
    for (const { hdu } of lists) {
      const value = hdu.cards[keyword];
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, left], [, right]) => right - left);
    if (most === undefined) continue;
    const [value, count] = most;
    cards.push([keyword, typeof value === 'string' ? asciiText(value) : value]);
    if (counts.size === 1) continue;
    const others = `${counts.size} values in the event lists`;
    notes.push(
      `${keyword} has ${others}; the header of the index gives that of ${count} of ${lists.length}: ${value}.`,
    );
  }
  return { cards, notes };
}
