import type { BinTable, Header, ScanFault, ScannedHdu } from '../fits/index.ts';
import type { DatasetEntry, FormatVersion, MasterIndex, ObservationId } from '../gadf/index.ts';
import type { FileInfo, Source } from '../storage/index.ts';
import type { Place } from './finding.ts';
import type { HduFormat } from './formats/index.ts';
import type { IndexRows } from './index-rows.ts';

/** A store under examination. */
export interface StoreFacts {
  readonly source: Source;
  /** The master index file. */
  readonly place: Place;
  readonly master: MasterIndex | undefined;
  /** Why there is no `master`. */
  readonly masterFault: string | undefined;
  /** Absolute paths that mean the root of the store, where it is a folder of this machine. */
  readonly roots: readonly string[];
  /** Only indexes and headers are read. */
  readonly fast: boolean;
}

/** A dataset and its indexes, as far as they can be read. */
export interface DatasetFacts {
  readonly store: StoreFacts;
  /** Of its entry in the master index, from 0. */
  readonly position: number;
  /** The name in the master index, or its position there. */
  readonly name: string;
  readonly entry: DatasetEntry;
  /** The master index file, for this dataset. */
  readonly place: Place;
  readonly hduIndex: IndexFacts | undefined;
  /** The file holds other HDU indexes, too, each of which is looked at as if it were a dataset. */
  readonly isPart: boolean;
  readonly obsIndex: IndexFacts | undefined;
  /** The files that the master index names, also those that are no indexes; `undefined` if it names none. */
  readonly indexFiles: Readonly<Record<'hdu' | 'obs', FileFacts | undefined>>;
  /** The rows of the HDU index; none if there is no such index. */
  readonly rows: IndexRows;
  /** Every observation that either index has, in the order of the observation index. */
  readonly observations: ReadonlyMap<ObservationId, ObservationRows>;
}

/** Where the indexes mention an observation: row numbers from 0. */
export interface ObservationRows {
  readonly hduRows: number[];
  readonly obsRows: number[];
}

/** One of the two index files. */
export interface IndexFacts {
  readonly kind: 'hdu' | 'obs';
  readonly file: FileFacts;
  readonly table: BinTable;
  /** The index table. */
  readonly place: Place;
}

/** An HDU that a row of the HDU index names. */
export interface ListedHdu {
  /** From 0. */
  readonly row: number;
  readonly id: ObservationId;
  readonly hduName: string;
  readonly hduClass: string;
  readonly sizeBytes: number | undefined;
  readonly md5: string;
}

/** A file that was read. */
export interface FileFacts {
  readonly role: 'index' | 'data';
  /** The rows of the HDU index that name it, and the table that they stand in. */
  readonly listed: readonly ListedHdu[];
  readonly index: Place | undefined;
  /** Path as the index has it, resolved inside the store. */
  readonly path: string;
  readonly place: Place;
  /** `undefined` if there is no such file. */
  readonly info: FileInfo | undefined;
  /** Files that are there under paths that differ in case only; two at most are looked for. */
  readonly twins: readonly string[];
  /** The file that an absolute BASE_DIR means, which is in the store, where the one that the index names is not. */
  readonly elsewhere?: string | undefined;
  /** Why it could not be read, or not be read further. */
  readonly fault: ScanFault | undefined;
  readonly unreadable: string | undefined;
  readonly trailingBytes: number;
  /** In the order of the file; only some if the file was not read to its end. */
  readonly hdus: readonly HduFacts[];
  readonly complete: boolean;
  /** Of the bytes of the file, where the index gives it. */
  readonly md5: string | undefined;
}

/** An HDU of a file. */
export interface HduFacts {
  readonly place: Place;
  readonly index: number;
  readonly name: string;
  readonly header: Header;
  readonly scan: Omit<ScannedHdu, 'data'>;
  /** What it is by the HDU index or, if it is not listed, by its header. */
  readonly format: HduFormat | undefined;
  /** HDUVERS of GADF, as far as we know it. */
  readonly version: FormatVersion | undefined;
  /** HDUCLASS, HDUDOC, HDUVERS as all HDUs of the file that follow GADF have them; absent if they differ, or are not known. */
  readonly fileDeclares?: Readonly<Partial<Record<string, string>>> | undefined;
  /** Rows of the HDU index that name it, and their observations. */
  readonly rows: readonly number[];
  readonly obsIds: readonly ObservationId[];
  /** The table, if it was to be read and can be. */
  readonly table: BinTable | undefined;
  /** It was not held because it, or its file, is too large. */
  readonly tooLarge: boolean;
  /** Why it cannot be read. */
  readonly tableFault: string | undefined;
}

/** Good time intervals. */
export interface GoodTime {
  readonly place: Place;
  readonly header: Header;
  readonly starts: Float64Array;
  readonly stops: Float64Array;
}

/** What was learnt of an observation from its files. */
export interface ObservationFacts {
  readonly dataset: DatasetFacts;
  readonly id: ObservationId;
  readonly hduRows: readonly number[];
  /** Its first row in the observation index, from 0. */
  readonly obsRow: number | undefined;
  /** Headers of its HDUs. */
  readonly events: HeaderFacts | undefined;
  readonly gti: HeaderFacts | undefined;
  readonly goodTime: GoodTime | undefined;
  /** Whether its effective area is of a point-like response; `undefined` if no header of one was read. */
  readonly pointLike: boolean | undefined;
  /** HDU types that are there, by their class. */
  readonly found: ReadonlyMap<string, string>;
}

export interface HeaderFacts {
  readonly place: Place;
  readonly header: Header;
  readonly rowCount: number;
}
