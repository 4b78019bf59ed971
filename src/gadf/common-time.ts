import { IactError, messageOf } from '../core/index.ts';
import { type CardEntry, Header } from '../fits/index.ts';
import type { EventList } from './event-lists.ts';
import type { CardFact } from './hdu-facts.ts';
import { TIME_KEYWORDS } from './time-columns.ts';
import {
  formatInScale,
  readTimeReference,
  scaleNameOf,
  type TimeReference,
  timeOfUtc,
  timeScaleOf,
  timesysOf,
  utcOfTime,
} from './time-reference.ts';

/** One reference for the times of several event lists. */
export interface CommonTime {
  /** MJDREFI, MJDREFF, TIMEUNIT, TIMESYS, TIMEREF, as far as they are known. */
  readonly cards: readonly CardEntry[];
  /** Seconds in the common reference, of a time in the event list's; `undefined` where that cannot be told. */
  secondsOf(list: EventList, time: number): number | undefined;
  /** Date and time in the scale of the common reference, of a time in it; `undefined` where there is none. */
  dateOf(seconds: number): { readonly date: string; readonly time: string } | undefined;
  /** Whether dates in the header of an event list are in the scale of the common reference. */
  hasItsScale(list: EventList): boolean;
  /** Event lists whose reference is another, and what was done about it. */
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

type Cards = Readonly<Record<string, CardFact>>;

/**
 * Chooses the reference that most event lists have. The times of others are converted, exactly to the microsecond; those
 * of the chosen one stay as they are to the last bit, but for a TIMEUNIT other than seconds.
 *
 * @see GADF v0.3 time; obs-index, mandatory header keywords
 */
export function commonTime(lists: readonly EventList[]): CommonTime {
  const groups = new Map<string, EventList[]>();
  for (const list of lists) {
    const key = keyOf(list.hdu.cards);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [list]);
    else known.push(list);
  }
  const [main, ...others] = [...groups].sort(([, left], [, right]) => right.length - left.length);
  const mainCards: Cards = main?.[1][0]?.hdu.cards ?? {};
  const references = new Map([...groups].map(([key, [first]]) => [key, referenceOf(first)]));
  const chosen = references.get(main?.[0] ?? '');
  const reference = chosen instanceof IactError ? undefined : chosen && { ...chosen, unitSeconds: 1 };
  const { notes, problems } = tellOthers(others, references, reference);
  for (const [key, found] of references) {
    if (found instanceof IactError) problems.push(`${which(groups.get(key) ?? [])}: ${found.message}`);
  }
  const secondsOf = ({ hdu }: EventList, time: number): number | undefined => {
    const key = keyOf(hdu.cards);
    const own = references.get(key);
    if (key === main?.[0]) return own instanceof IactError || own === undefined ? time : time * own.unitSeconds;
    if (reference === undefined || own === undefined || own instanceof IactError) return undefined;
    return timeOfUtc(reference, utcOfTime(own, time));
  };
  const scale = timeScaleOf(timesysOf(mainCards['TIMESYS']));
  const dateOf: CommonTime['dateOf'] = (seconds) =>
    reference && scale && formatInScale(scale, utcOfTime(reference, seconds));
  const mainScale = scaleNameOf(mainCards['TIMESYS']);
  const hasItsScale = ({ hdu }: EventList): boolean => scaleNameOf(hdu.cards['TIMESYS']) === mainScale;
  return { cards: referenceCards(mainCards), secondsOf, dateOf, hasItsScale, notes, problems };
}

function keyOf(cards: Cards): string {
  return TIME_KEYWORDS.map((keyword) => String(cards[keyword] ?? '').toUpperCase()).join('|');
}

/** The reference, `undefined` where the header has none, or why it cannot be read. */
function referenceOf(list: EventList | undefined): TimeReference | IactError | undefined {
  const header = new Header();
  for (const keyword of TIME_KEYWORDS) {
    const value = list?.hdu.cards[keyword];
    if (value !== undefined) header.set(keyword, value);
  }
  try {
    return readTimeReference(header, list?.file.path ?? '');
  } catch (error) {
    return error instanceof IactError ? error : new IactError('bad-data', messageOf(error), { cause: error });
  }
}

function tellOthers(
  others: readonly (readonly [string, readonly EventList[]])[],
  references: ReadonlyMap<string, TimeReference | IactError | undefined>,
  reference: TimeReference | undefined,
): { notes: string[]; problems: string[] } {
  const notes: string[] = [];
  const problems: string[] = [];
  for (const [key, lists] of others) {
    const own = references.get(key);
    if (own instanceof IactError) continue;
    const whose = which(lists);
    if (own !== undefined && reference !== undefined) {
      notes.push(`${whose}: times count from another moment, and were converted.`);
    } else
      problems.push(`${whose}: what times count from (MJDREFI) is not given as in the others; TSTART is left empty.`);
  }
  return { notes, problems };
}

function which(lists: readonly EventList[]): string {
  const [first] = lists;
  const path = `"${first?.file.path ?? ''}"`;
  return lists.length === 1 ? path : `${path} and ${lists.length - 1} more`;
}

function referenceCards(cards: Cards): CardEntry[] {
  const { MJDREFI, MJDREFF, MJDREF, TIMESYS, TIMEREF } = cards;
  const day = typeof MJDREFI === 'number' ? MJDREFI : typeof MJDREF === 'number' ? Math.floor(MJDREF) : undefined;
  if (day === undefined) return [];
  const rest = typeof MJDREF === 'number' && MJDREFI === undefined ? MJDREF - day : MJDREFF;
  const entries: CardEntry[] = [
    ['MJDREFI', day, '[d] reference time, integer part'],
    ['MJDREFF', typeof rest === 'number' ? rest : 0, '[d] reference time, fraction'],
    ['TIMEUNIT', 's'],
  ];
  if (typeof TIMESYS === 'string') entries.push(['TIMESYS', TIMESYS]);
  if (typeof TIMEREF === 'string') entries.push(['TIMEREF', TIMEREF]);
  return entries;
}
