import { stemOf, stemWords } from './file-stem.ts';
import { type CardFact, CLASS_KEYWORDS, type FileFacts, type HduFacts, TYPE_KEYWORDS } from './hdu-facts.ts';

/** An HDU in its file. */
export interface FiledHdu {
  readonly file: FileFacts;
  readonly hdu: HduFacts;
}

/** The event list of an observation: what makes it one. */
export interface EventList extends FiledHdu {
  readonly obsId: number;
  /** Event class and type as the header gives them; empty where it does not. */
  readonly eventType: string;
}

export interface FoundEventLists {
  /** By observation and path. */
  readonly lists: readonly EventList[];
  /** Event lists that no observation can be made of, and why. */
  readonly problems: readonly string[];
}

/** The event lists among the HDUs of all files. */
export function findEventLists(files: readonly FileFacts[]): FoundEventLists {
  const lists: EventList[] = [];
  const problems: string[] = [];
  for (const file of files) {
    for (const hdu of file.hdus) {
      if (hdu.type !== 'events') continue;
      const obsId = observationIdOf(hdu);
      if (obsId !== undefined) lists.push({ file, hdu, obsId, eventType: eventTypeOf(hdu) });
      else problems.push(`"${file.path}": ${whyNoId(hdu)}`);
    }
  }
  lists.sort((left, right) => left.obsId - right.obsId || byText(left.file.path, right.file.path));
  return { lists, problems };
}

/** OBS_ID, also where it is given as text; `undefined` where it is absent or no integer. @see GADF v0.3 events */
export function observationIdOf({ cards }: HduFacts): number | undefined {
  const value = cards['OBS_ID'];
  const number = typeof value === 'string' && /^[+-]?\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function whyNoId({ name, index, cards }: HduFacts): string {
  const place = `the event list "${name || index}"`;
  const found = cards['OBS_ID'];
  if (found === undefined) return `${place} has no OBS_ID, and belongs to no observation.`;
  return `${place} has the OBS_ID "${found}"; an index needs an integer.`;
}

/** What tells several selections of one observation apart. */
export function eventTypeOf({ cards }: HduFacts): string {
  const first = (keywords: readonly string[]): CardFact | undefined => {
    const found = keywords.find((keyword) => cards[keyword] !== undefined);
    return found === undefined ? undefined : cards[found];
  };
  return [first(CLASS_KEYWORDS), first(TYPE_KEYWORDS)].filter((part) => part !== undefined).join('-');
}

/** Event lists that belong into one index: each observation once. */
export interface EventSelection {
  /** Empty if there is only one selection. */
  readonly eventType: string;
  readonly lists: readonly EventList[];
}

export interface Selections {
  readonly selections: readonly EventSelection[];
  readonly problems: readonly string[];
}

/**
 * Divides event lists so that no observation comes twice: where observations have lists of several event types (HAWC,
 * VERITAS), each type makes a selection of its own. Types are told by cards, else by the names of files that responses have,
 * too. Other lists of the same observation and type are duplicates: the first one counts, and the others are told.
 *
 * @param files all files of the store.
 */
export function selectEventLists(lists: readonly EventList[], files: readonly FileFacts[]): Selections {
  const problems: string[] = [];
  const named = nameTypesByFile(nameTypes(lists), files);
  const chosen = new Map<string, EventList>();
  for (const list of named) {
    const key = `${list.obsId}/${list.eventType}`;
    const known = chosen.get(key);
    if (known === undefined) chosen.set(key, list);
    else problems.push(duplicate(known, list));
  }
  const once = [...chosen.values()];
  const ids = new Set(once.map(({ obsId }) => obsId));
  if (ids.size === once.length) return { selections: [{ eventType: '', lists: once }], problems };
  const types = [...new Set(once.map(({ eventType }) => eventType))].sort(byText);
  const selections = types.map((eventType) => ({
    eventType,
    lists: once.filter((each) => each.eventType === eventType),
  }));
  return { selections, problems };
}

/** Lists of one file that no card tells apart are told by the names of their HDUs. */
function nameTypes(lists: readonly EventList[]): readonly EventList[] {
  const places = new Map<string, number>();
  const placeOf = ({ obsId, eventType, file }: EventList) => `${obsId}/${eventType}/${file.path}`;
  for (const list of lists) places.set(placeOf(list), (places.get(placeOf(list)) ?? 0) + 1);
  return lists.map((list) => {
    if (places.get(placeOf(list)) === 1) return list;
    const { name, index } = list.hdu;
    return { ...list, eventType: [list.eventType, name || String(index)].filter((part) => part !== '').join('-') };
  });
}

/**
 * Lists that no card tells apart are told by the words in which the names of their files differ (`fHitbin5GP`), if each has
 * responses of its own that are named alike. Without these it may as well be a copy.
 */
function nameTypesByFile(lists: readonly EventList[], files: readonly FileFacts[]): readonly EventList[] {
  const hasEvents = ({ hdus }: FileFacts) => hdus.some(({ type }) => type === 'events');
  const responses = files.filter((file) => file.hdus.length > 0 && !hasEvents(file));
  const stems = new Set(responses.map(({ path }) => stemOf(path)));
  const groups = new Map<string, EventList[]>();
  for (const list of lists) {
    const key = `${list.obsId}/${list.eventType}`;
    groups.set(key, [...(groups.get(key) ?? []), list]);
  }
  const types = new Map<EventList, string>();
  for (const group of groups.values()) {
    const own = new Set(group.map(({ file }) => stemOf(file.path)));
    if (group.length === 1 || own.size < group.length || ![...own].every((stem) => stems.has(stem))) continue;
    for (const [position, words] of distinctWords(group).entries()) types.set(group[position] as EventList, words);
  }
  // An observation may have a list of one type only.
  const known = [...new Set(types.values())];
  return lists.map((list) => {
    const words = new Set(stemWords(list.file.path).map((word) => word.toLowerCase()));
    const fitting = known.filter((type) =>
      type
        .toLowerCase()
        .split('-')
        .every((word) => words.has(word)),
    );
    const type = types.get(list) ?? (fitting.length === 1 ? fitting[0] : undefined);
    return type === undefined ? list : { ...list, eventType: [list.eventType, type].filter(Boolean).join('-') };
  });
}

/** Of each list the words of its file name that not all have, joined. */
function distinctWords(lists: readonly EventList[]): readonly string[] {
  const words = lists.map(({ file }) => stemWords(file.path));
  const isCommon = (word: string) =>
    words.every((each) => each.some((other) => other.toLowerCase() === word.toLowerCase()));
  return words.map((each) => each.filter((word) => !isCommon(word)).join('-') || each.join('-'));
}

function duplicate(known: EventList, other: EventList): string {
  const isOneFile = known.file === other.file;
  const place = ({ file, hdu }: EventList) => `"${file.path}"${isOneFile ? ` HDU ${hdu.index}` : ''}`;
  const type = known.eventType === '' ? '' : ` (${known.eventType})`;
  const which = `observation ${known.obsId}${type}`;
  return `${place(other)} holds ${which} once more, which is in ${place(known)}; only the latter is listed.`;
}

/** By code units. */
export function byText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
