import { directoryOf, fileNameOf } from '../core/index.ts';
import { HDU_TYPES, type HduType } from './classify-hdu.ts';
import { byText, type EventList, eventTypeOf, type FiledHdu, observationIdOf } from './event-lists.ts';
import { stemOf } from './file-stem.ts';
import type { FileFacts } from './hdu-facts.ts';

export interface LinkedHdus {
  /** The HDUs of an observation, its event list first. */
  readonly hdus: readonly FiledHdu[];
  /** Why HDUs are not listed that could be this observation's; the same text for the same reason. */
  readonly reasons: readonly string[];
}

/** Types that hold for one observation only, and are never shared. */
const OWN_TYPES: ReadonlySet<HduType> = new Set(['events', 'gti', 'pointing']);

/**
 * Finds the HDUs that belong to event lists, type by type. The first of these ties that gives any decides:
 *
 * 1. the file of the event list, where it is the only one there also if OBS_ID is another: responses are handed on, and
 *    keep the OBS_ID of the observation that they were made for;
 * 2. OBS_ID of the HDU;
 * 3. the cards CALDB and IRF of the event list, and a path `…/CALDB/bcf/IRF/…` (HEASARC CALDB, CTA 1DC);
 * 4. names: the same stem, or the observation ID as a number in the name of the file;
 * 5. there is only one: in the folder of the event list and those below it, else in those around it. What lies in, or
 *    below, a folder with event lists is for these.
 *
 * Among several the event class of the list is looked for in the cards of the HDUs, and in their paths. GTIs and pointings
 * are not shared (3 and 5).
 */
export class HduLinker {
  private readonly byObservation = new Map<number, FiledHdu[]>();
  private readonly byNumber = new Map<number, FiledHdu[]>();
  private readonly byStem = new Map<string, FiledHdu[]>();
  /** HDUs that any observation may use, by type. */
  private readonly shared = new Map<HduType, FiledHdu[]>();
  /** The shared ones that are seen from a folder, by type and folder. */
  private readonly seen = new Map<string, FiledHdu[]>();
  private readonly inCaldb = new Map<string, readonly FiledHdu[]>();
  /** Folders of a calibration database as `/CALDB/bcf/IRF/`, in lower case. */
  private readonly caldbFolders: ReadonlySet<string>;

  constructor(files: readonly FileFacts[], observations: ReadonlySet<number>) {
    const hasEvents = ({ hdus }: FileFacts) => hdus.some(({ type }) => type === 'events');
    const eventFolders = new Set(files.filter(hasEvents).map(({ path }) => directoryOf(path)));
    for (const file of files) {
      if (hasEvents(file)) continue;
      const stem = stemOf(file.path);
      const numbers = numbersIn(fileNameOf(file.path)).filter((number) => observations.has(number));
      for (const hdu of file.hdus) {
        const found = { file, hdu };
        const obsId = observationIdOf(hdu);
        if (obsId !== undefined) add(this.byObservation, obsId, found);
        else {
          add(this.byStem, stem, found);
          for (const number of numbers) add(this.byNumber, number, found);
          if (numbers.length > 0) continue;
          add(this.shared, hdu.type, found);
          this.show(found, eventFolders);
        }
      }
    }
    const paths = [...this.shared.values()].flat().map(({ file }) => `/${file.path}`.toLowerCase());
    this.caldbFolders = new Set(paths.flatMap((path) => /\/[^/]+\/bcf\/[^/]+\//.exec(path)?.[0] ?? []));
  }

  link(list: EventList): LinkedHdus {
    const hdus: FiledHdu[] = [{ file: list.file, hdu: list.hdu }];
    const reasons: string[] = [];
    for (const type of HDU_TYPES) {
      if (type === 'events') continue;
      const found = this.find(list, type);
      if (typeof found === 'string') reasons.push(found);
      else hdus.push(...found);
    }
    return { hdus, reasons: [...new Set(reasons)] };
  }

  /** The HDUs of a type, or why there are none though there could be. */
  private find(list: EventList, type: HduType): readonly FiledHdu[] | string {
    const { file, obsId } = list;
    const isOfType = ({ hdu }: FiledHdu) => hdu.type === type;
    const beside = besideIn(list, type);
    if (beside.length > 0) return ofEventType(beside, list);
    const own = (this.byObservation.get(obsId) ?? []).filter(isOfType);
    if (own.length > 0) return single(ofEventType(own, list), type, 'OBS_ID');
    if (!OWN_TYPES.has(type)) {
      const named = this.findInCaldb(list, type);
      if (named !== undefined) return named;
    }
    const alike = this.findAlike(file.path).filter(isOfType);
    if (alike.length > 0) return single(ofEventType(alike, list), type, 'its name');
    const numbered = (this.byNumber.get(obsId) ?? []).filter(isOfType);
    if (numbered.length > 0) return single(ofEventType(numbered, list), type, 'the number in its name');
    return OWN_TYPES.has(type) ? [] : single(ofEventType(this.findNearby(file.path, type), list), type, 'its place');
  }

  /** What the cards CALDB and IRF lead to; `undefined` where they are not given. */
  private findInCaldb({ hdu }: EventList, type: HduType): readonly FiledHdu[] | string | undefined {
    const [caldb, irf] = [hdu.cards['CALDB'], hdu.cards['IRF']];
    if (caldb === undefined || irf === undefined) return undefined;
    const step = `/${caldb}/bcf/${irf}/`.toLowerCase();
    const key = `${type} ${step}`;
    let found = this.inCaldb.get(key);
    if (found === undefined) {
      found = (this.shared.get(type) ?? []).filter(({ file }) => `/${file.path}`.toLowerCase().includes(step));
      this.inCaldb.set(key, found);
    }
    if (found.length > 0) return single(found, type, `CALDB "${caldb}" and IRF "${irf}"`);
    if (this.caldbFolders.size === 0) return undefined;
    if (this.caldbFolders.has(step)) return [];
    return `CALDB "${caldb}" with IRF "${irf}" is not among the calibration files that were found.`;
  }

  /** Those whose file has the same stem; in the same folder, if there are any. */
  private findAlike(path: string): readonly FiledHdu[] {
    const stem = stemOf(path);
    const found = stem === '' ? [] : (this.byStem.get(stem) ?? []);
    const beside = found.filter(({ file }) => directoryOf(file.path) === directoryOf(path));
    return beside.length > 0 ? beside : found;
  }

  /** Those that are seen from the nearest folder from which any are. */
  private findNearby(path: string, type: HduType): readonly FiledHdu[] {
    for (let folder = directoryOf(path); ; folder = directoryOf(folder)) {
      const found = this.seen.get(`${type} ${folder}`) ?? [];
      if (found.length > 0 || folder === '') return found;
    }
  }

  /** A shared HDU is seen from its folder and those around it, up to the first one that has event lists. */
  private show(found: FiledHdu, eventFolders: ReadonlySet<string>): void {
    for (let folder = directoryOf(found.file.path); ; folder = directoryOf(folder)) {
      add(this.seen, `${found.hdu.type} ${folder}`, found);
      if (folder === '' || eventFolders.has(folder)) return;
    }
  }
}

/** The HDUs of a type in the file of an event list. */
function besideIn({ file, hdu: own, obsId }: EventList, type: HduType): FiledHdu[] {
  const found = file.hdus.filter((hdu) => hdu.type === type).map((hdu) => ({ file, hdu }));
  const matching = found.filter(({ hdu }) => (observationIdOf(hdu) ?? obsId) === obsId);
  const isAlone = file.hdus.every((hdu) => hdu.type !== 'events' || hdu === own);
  return matching.length === 0 && isAlone ? found : matching;
}

function add<K>(map: Map<K, FiledHdu[]>, key: K, found: FiledHdu): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [found]);
  else known.push(found);
}

/** Of several those of the event type of a list, if that tells. Responses for all directions come before point-like ones. */
function ofEventType(found: readonly FiledHdu[], { eventType }: EventList): readonly FiledHdu[] {
  const wanted = eventType.toLowerCase();
  const byCards = found.filter(({ hdu }) => wanted !== '' && eventTypeOf(hdu).toLowerCase() === wanted);
  const parts = wanted.split('-').filter((part) => part !== '');
  const byPath = found.filter(({ file }) => parts.length > 0 && parts.every((part) => wordsIn(file.path).has(part)));
  const chosen = byCards.length > 0 ? byCards : byPath.length > 0 ? byPath : found;
  const isPoint = ({ hdu }: FiledHdu) => (String(hdu.cards['HDUCLAS3'] ?? '').startsWith('POINT') ? 1 : 0);
  return [...chosen].sort((left, right) => isPoint(left) - isPoint(right));
}

/** HDUs of which each class is in one file; of a class in several, nobody knows which is meant. */
function single(found: readonly FiledHdu[], type: HduType, tie: string): readonly FiledHdu[] | string {
  for (const hduClass of new Set(found.map(({ hdu }) => hdu.hduClass))) {
    const ofClass = found.filter(({ hdu }) => hdu.hduClass === hduClass);
    const paths = [...new Set(ofClass.map(({ file }) => file.path))].sort(byText);
    if (paths.length <= 1) continue;
    const listed = paths.slice(0, 3).map((path) => `"${path}"`);
    const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
    return `by ${tie} the ${type} may be that of any of ${paths.length} files (${listed.join(', ')}${more}).`;
  }
  return found;
}

/** Numbers that stand alone, or behind a word for observation: neither `v1` nor `z20` nor `50h` is one. */
function numbersIn(name: string): number[] {
  const found = name.matchAll(/(?:^|[^a-z0-9]|(?:run|obs|obsid|id))(\d+)(?![a-z0-9])/gi);
  return [...found].map(([, digits]) => Number(digits));
}

const WORDS = new Map<string, ReadonlySet<string>>();

function wordsIn(path: string): ReadonlySet<string> {
  let words = WORDS.get(path);
  if (words === undefined) {
    words = new Set(path.toLowerCase().split(/[^a-z0-9]+/));
    if (WORDS.size > 10_000) WORDS.clear();
    WORDS.set(path, words);
  }
  return words;
}
