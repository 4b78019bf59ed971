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
 * such words, and responses of its own that are named alike. Without these it may as well be a copy.
 */
function nameTypesByFile(lists: readonly EventList[], files: readonly FileFacts[]): readonly EventList[] {
  const ambiguous = sameKey(lists).filter((group) => group.length > 1);
  if (ambiguous.length === 0) return lists;
  const stems = responseStems(files);
  const types = new Map<EventList, string>();
  for (const group of ambiguous) {
    const own = new Set(group.map(({ file }) => stemOf(file.path)));
    if (own.size < group.length || ![...own].every((stem) => stems.has(stem))) continue;
    const words = distinctWords(group);
    // A name that only lacks what the others have is that of all: the others are copies, or newer ones.
    if (!words.includes('')) for (const [position, list] of group.entries()) types.set(list, words[position] as string);
  }
  const known = [...new Set(types.values())].map((type) => ({ type, words: type.toLowerCase().split('-') }));
  return lists.map((list) => {
    const type = types.get(list) ?? onlyTypeNamed(list, known);
    return type === undefined ? list : { ...list, eventType: [list.eventType, type].filter(Boolean).join('-') };
  });
}

/** Lists of the same observation and type. */
function sameKey(lists: readonly EventList[]): EventList[][] {
  const groups = new Map<string, EventList[]>();
  for (const list of lists) {
    const key = `${list.obsId}/${list.eventType}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [list]);
    else known.push(list);
  }
  return [...groups.values()];
}

function responseStems(files: readonly FileFacts[]): ReadonlySet<string> {
  const hasEvents = ({ hdus }: FileFacts) => hdus.some(({ type }) => type === 'events');
  const responses = files.filter((file) => file.hdus.length > 0 && !hasEvents(file));
  return new Set(responses.map(({ path }) => stemOf(path)));
}

/** The type whose words are all in the name of a list: an observation may have a list of one type only. */
function onlyTypeNamed(
  list: EventList,
  known: readonly { readonly type: string; readonly words: readonly string[] }[],
): string | undefined {
  const named = new Set(typeWords(list).map((word) => word.toLowerCase()));
  const fitting = known.filter(({ words }) => words.every((word) => named.has(word)));
  return fitting.length === 1 ? fitting[0]?.type : undefined;
}

/** Of each list the words of its file name that not all have, joined; empty if it has none. */
function distinctWords(lists: readonly EventList[]): readonly string[] {
  const names = lists.map(typeWords);
  const counts = new Map<string, number>();
  for (const words of names) {
    for (const word of new Set(words.map((each) => each.toLowerCase()))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return names.map((words) => words.filter((word) => counts.get(word.toLowerCase()) !== lists.length).join('-'));
}

/** The words of the name of its file but for the observation ID, which is no type. */
function typeWords({ file, obsId }: EventList): string[] {
  return stemWords(file.path).filter((word) => Number(/^(?:run|obs|obsid|id)?(\d+)$/i.exec(word)?.[1]) !== obsId);
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
