import type { Header } from '../fits/index.ts';
import type { ObservationId } from '../gadf/index.ts';
import type { DatasetFacts, FileFacts, GoodTime, HduFacts, HeaderFacts, ObservationFacts } from './facts.ts';
import { numbersOf } from './row-batch.ts';

/** What the files that were read so far tell of one observation. */
export interface Learnt {
  /** Files that are still to be read. */
  pending: number;
  events?: HeaderFacts;
  gti?: HeaderFacts;
  goodTime?: GoodTime;
  /** Rows of the HDU index whose HDU was found, or was not. */
  readonly present: Set<number>;
  readonly absent: Set<number>;
}

export function nothingLearnt(pending: number): Learnt {
  return { pending, present: new Set(), absent: new Set() };
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
    if (kind !== 'events' && kind !== 'gti') continue;
    for (const id of observationsOf(hdu, file)) {
      const learnt = into(id);
      if (learnt === undefined) continue;
      if (kind === 'events') learnt.events ??= headerFacts(hdu, id);
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
    found,
  };
}
