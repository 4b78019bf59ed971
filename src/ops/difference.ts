import type { IndexKind, ObservationId } from '../gadf/index.ts';
import type { CellValue } from './cell-value.ts';

/** One of two stores that are compared. */
export type Side = 'a' | 'b';

/** The values of something in both stores. */
export interface ValuePair {
  readonly name: string;
  readonly a: CellValue;
  readonly b: CellValue;
}

/** An HDU that an index lists. */
export interface HduName {
  readonly type: string;
  readonly hduClass: string;
  readonly hduName: string;
}

/** Why a file is not the same in both stores. */
export type FileReason = 'absent' | 'size' | 'checksum' | 'content' | 'compression';

/** Something that is not the same in two stores. */
export type Difference =
  /** A dataset that only one store has. */
  | { readonly kind: 'dataset'; readonly dataset: string; readonly only: Side }
  /** An observation that only one store has. */
  | { readonly kind: 'observation'; readonly dataset: string; readonly id: ObservationId; readonly only: Side }
  /** A column of an index table that only one store has, or that has another unit. */
  | {
      readonly kind: 'column';
      readonly dataset: string;
      readonly index: IndexKind;
      readonly name: string;
      readonly only: Side | null;
      readonly units: { readonly a: string; readonly b: string } | null;
    }
  /** A keyword that the times of an index table count from. */
  | { readonly kind: 'keyword'; readonly dataset: string; readonly index: IndexKind; readonly value: ValuePair }
  /** An observation whose row of the observation index has other values. */
  | {
      readonly kind: 'observation-row';
      readonly dataset: string;
      readonly id: ObservationId;
      readonly values: readonly ValuePair[];
    }
  /** An HDU that only one index lists, or with other values; `FILE` is the path in the store. */
  | {
      readonly kind: 'hdu-row';
      readonly dataset: string;
      readonly id: ObservationId;
      readonly hdu: HduName;
      readonly only: Side | null;
      readonly values: readonly ValuePair[];
    }
  /** A data file that both indexes name. */
  | {
      readonly kind: 'file';
      readonly dataset: string;
      readonly path: string;
      readonly reason: FileReason;
      /** Sizes; `null` for a file that is absent. */
      readonly sizeBytes: { readonly a: number | null; readonly b: number | null };
    };
