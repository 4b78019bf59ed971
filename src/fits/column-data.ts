/** The typed arrays that hold decoded numbers. */
export type NumberArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Numbers of a column: B, I, J, E, D, and K where TSCAL or TZERO make it a scaled one. */
export interface NumberData {
  readonly kind: 'number';
  /** Physical values, `width` for each row. */
  readonly values: NumberArray;
  /** Elements in a row. */
  readonly width: number;
  /** 1 for each element that is null by TNULL; undefined when there is none. A NaN is null too, but not marked here. */
  readonly nulls: Uint8Array | undefined;
}

/** 64-bit integers: K, signed or (TZERO of 2^63) unsigned. */
export interface BigIntData {
  readonly kind: 'bigint';
  readonly values: BigInt64Array | BigUint64Array;
  readonly width: number;
  /** 1 for each element that is null by TNULL; undefined when there is none. */
  readonly nulls: Uint8Array | undefined;
}

/** Complex numbers: C (or M). */
export interface ComplexData {
  readonly kind: 'complex';
  /** Pairs of real and imaginary part: 2 × width for each row. NaN is null. */
  readonly values: Float32Array | Float64Array;
  /** Complex numbers in a row. */
  readonly width: number;
}

/** Logicals: L. */
export interface LogicalData {
  readonly kind: 'logical';
  /** 1 is true, 0 is false, 255 is null. */
  readonly values: Uint8Array;
  readonly width: number;
}

/** Bits: X. */
export interface BitData {
  readonly kind: 'bit';
  /** 0 or 1, one byte for each bit. */
  readonly values: Uint8Array;
  /** Bits in a row. */
  readonly width: number;
}

/** Text: A. Nothing is decoded before it is asked for. */
export interface StringData {
  readonly kind: 'string';
  /** Strings in a row: 1, unless TDIM or a TFORM of the kind `rAw` divides the field. */
  readonly width: number;
  /** Strings in all. */
  readonly length: number;
  /** The string, ended by the first NUL, without trailing blanks; each byte is one character. */
  get(index: number): string;
  /** All bytes of the string's field, a view. */
  bytesAt(index: number): Uint8Array;
}

/** Arrays of variable length: P, Q. */
export interface ArrayData {
  readonly kind: 'array';
  /** Rows. */
  readonly length: number;
  /**
   * The array of one row, decoded as a column of width 1 (an array of characters is one string).
   * @throws IactError 'bad-data' when the descriptor of this row points outside the heap
   */
  get(row: number): Exclude<ColumnData, ArrayData>;
}

/** A decoded column, by rows: element `e` of row `r` is `values[r * width + e]`. */
export type ColumnData = NumberData | BigIntData | ComplexData | LogicalData | BitData | StringData | ArrayData;
