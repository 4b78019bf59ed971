import type { Header } from '../fits/index.ts';
import type { ObservationId } from '../gadf/index.ts';
import type { DatasetFacts, FileFacts, GoodTime, HduFacts, HeaderFacts, ObservationFacts } from './facts.ts';
import { headerText } from './header-values.ts';
import { numbersOf } from './row-batch.ts';

/** What the files that were read so far tell of one observation. */
export interface Learnt {
  events?: HeaderFacts;
  gti?: HeaderFacts;
  goodTime?: GoodTime;
  pointLike?: boolean;
  /** Rows of the HDU index whose HDU was not found. */
  readonly absent: Set<number>;
}

/** What was learnt of the observations some of whose files were read, and not all. */
export class LearntObservations {
  /** Files that are still to be read. */
  readonly #pending = new Map<ObservationId, number>();
  readonly #learnt = new Map<ObservationId, Learnt>();

  /** One more file of each of these observations will be read. */
  expect(ids: Iterable<ObservationId>): void {
    for (const id of ids) this.#pending.set(id, (this.#pending.get(id) ?? 0) + 1);
  }

  /** Whether files of an observation are still to be read. */
  has(id: ObservationId): boolean {
    return this.#pending.has(id);
  }

  /** What is known of an observation, to be added to; `undefined` if no file of it is expected. */
  learning(id: ObservationId): Learnt | undefined {
    if (!this.has(id)) return undefined;
    const known = this.#learnt.get(id) ?? { absent: new Set() };
    this.#learnt.set(id, known);
    return known;
  }

  /** Notes that a file of an observation was read, and tells whether it was the last one. */
  isLast(id: ObservationId): boolean {
    const left = (this.#pending.get(id) ?? 0) - 1;
    this.#pending.set(id, left);
    return left === 0;
  }

  /** What was learnt of an observation, which is forgotten. */
  take(id: ObservationId): Learnt {
    const learnt = this.#learnt.get(id) ?? { absent: new Set() };
    this.#learnt.delete(id);
    this.#pending.delete(id);
    return learnt;
  }
}

/** The observations that an HDU belongs to: those of the index, or else those of the rest of its file. */
export function observationsOf(hdu: HduFacts, file: FileFacts): readonly ObservationId[] {
  if (hdu.obsIds.length > 0) return hdu.obsIds;
  const events = file.hdus.filter(({ format }) => format?.type === 'events');
  return events.length === 1 ? (events[0]?.obsIds ?? []) : [];
}

/** Takes in what a file tells of observations. */
export function learn(file: FileFacts, into: (id: ObservationId) => Learnt | undefined): void {
  for (const hdu of file.hdus) {
    const kind = hdu.format?.type;
    if (kind !== 'events' && kind !== 'gti' && kind !== 'aeff') continue;
    for (const id of observationsOf(hdu, file)) {
      const learnt = into(id);
      if (learnt === undefined) continue;
      if (kind === 'events') learnt.events ??= headerFacts(hdu, id);
      else if (kind === 'aeff') learnt.pointLike ??= headerText(hdu.header, 'HDUCLAS3')?.toUpperCase() === 'POINT-LIKE';
      else {
        learnt.gti ??= headerFacts(hdu, id);
        const goodTime = readGoodTime(hdu);
        if (goodTime !== undefined) learnt.goodTime ??= goodTime;
      }
    }
  }
}

function headerFacts(hdu: HduFacts, obsId: ObservationId): HeaderFacts {
  const rows = hdu.header.get('NAXIS2');
  return { place: { ...hdu.place, obsId }, header: hdu.header, rowCount: typeof rows === 'number' ? rows : 0 };
}

/** The intervals of a GTI table, in its order; `undefined` if they cannot be had. */
export function readGoodTime({
  table,
  place,
  header,
}: {
  table: HduFacts['table'];
  place: GoodTime['place'];
  header: Header;
}): GoodTime | undefined {
  const starts = table && numbersOf(table, 'START');
  const stops = table && numbersOf(table, 'STOP');
  if (starts === undefined || stops === undefined) return undefined;
  return { place, header, starts: Float64Array.from(starts), stops: Float64Array.from(stops) };
}

export function observationFacts(dataset: DatasetFacts, id: ObservationId, learnt: Learnt): ObservationFacts {
  const rows = dataset.observations.get(id);
  const found = new Map<string, string>();
  for (const row of rows?.hduRows ?? []) {
    const type = dataset.rows.type(row).toLowerCase();
    if (type !== '' && !learnt.absent.has(row)) found.set(type, dataset.rows.hduClass(row).toLowerCase());
  }
  return {
    dataset,
    id,
    hduRows: rows?.hduRows ?? [],
    obsRow: rows?.obsRows[0],
    events: learnt.events,
    gti: learnt.gti,
    goodTime: learnt.goodTime,
    pointLike: learnt.pointLike,
    found,
  };
}
