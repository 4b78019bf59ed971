/**
 * What the row filter asks of a table. The interface knows nothing of FITS files, so that tables from anywhere (a file,
 * a join, a test) can be filtered; an adapter over a binary table takes a screenful.
 */

/** What a column holds, as far as an expression can tell. */
export type ColumnKind =
  /** Whole numbers that take part in integer arithmetic (FITS B, I, J without scaling, and I as unsigned 16 bit). */
  | 'integer'
  /** Floating point, and everything that CFITSIO reads as such: E, D, K, scaled columns, unsigned 32 bit. */
  | 'real'
  | 'logical'
  | 'bit'
  | 'string'
  /** The column exists, but an expression cannot use it; {@link ColumnShape.reason} says why. */
  | 'unsupported';

/** Name, kind and size of a column: all that compiling needs. */
export interface ColumnShape {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Elements in a row; for strings the characters of the field, for bits their number. */
  readonly width: number;
  /** Size along each axis (TDIM, fastest axis first); `[width]` when absent. Their product is `width`. */
  readonly dims?: readonly number[];
  /** For `unsupported`: what the column holds, as the end of a sentence ("holds arrays of variable length"). */
  readonly reason?: string;
}

/** Numbers of an integer or real column, `width` for each row, physical values (scaling done). */
export interface NumberValues {
  readonly kind: 'number';
  readonly values:
    | Uint8Array
    | Int8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | Float32Array
    | Float64Array;
  /** 1 for each element that is null; undefined when there is none. NaN and infinities of real columns are null too. */
  readonly nulls?: Uint8Array | undefined;
}

/** Logicals: 1 is true, 0 is false, 255 is null. */
export interface LogicalValues {
  readonly kind: 'logical';
  readonly values: Uint8Array;
}

/** Bits, one byte (0 or 1) for each. Bits are never null. */
export interface BitValues {
  readonly kind: 'bit';
  readonly values: Uint8Array;
}

/** Text fields, not decoded: the field of row `r` is the `width` bytes from `offset + r * stride` on. */
export interface StringValues {
  readonly kind: 'string';
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly stride: number;
}

/** The data of one column: element `e` of row `r` is `values[r * width + e]`. */
export type ColumnValues = NumberValues | LogicalValues | BitValues | StringValues;

/** The value of a header keyword. Whether a number is an integer depends on how the card writes it (`2` or `2.0`). */
export type KeywordValue =
  | { readonly kind: 'integer' | 'real'; readonly value: number }
  | { readonly kind: 'logical'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'unsupported'; readonly reason: string };

/** What is known of a table before its data are read. */
export interface ExprSchema {
  readonly columns: readonly ColumnShape[];
  /** A header keyword, found without regard to case; undefined if there is none. */
  keyword(name: string): KeywordValue | undefined;
}

/** A table whose rows can be filtered. */
export interface ExprTable extends ExprSchema {
  readonly rowCount: number;
  /** The whole of one column, by its place in {@link ExprSchema.columns}. Called once for each column that is used. */
  read(column: number): ColumnValues;
}

/**
 * Other files that an expression names, in `gtifilter`, `gtifind`, `gtioverlap` and `regfilter`. Names arrive as the
 * user wrote them. Both functions may throw; an error of theirs is passed on with the expression added.
 */
export interface ExprResources {
  /**
   * A table by CFITSIO's rules: `''` is the first extension of the current file whose EXTNAME contains GTI, `[NAME]`,
   * `[2]` and `+2` are extensions of the current file, anything else is a file, with or without an extension; without
   * one, the first extension whose EXTNAME contains GTI (for `regfilter`: REGION) is meant.
   * Undefined if the file is not a FITS file.
   */
  readTable?(name: string): ExprTable | undefined;
  /** The text of a file (a region file). */
  readText?(name: string): string;
}

/** The axes of a column. */
export function dimsOf(shape: ColumnShape): readonly number[] {
  return shape.dims ?? [shape.width];
}
