import { IactError } from '../core/index.ts';
import type { Header } from './header.ts';
import { parseTForm, type TForm, valueCode } from './tform.ts';

/** A column of a binary table, as its keywords describe it. */
export interface Column {
  /** 0 is the first column, whose keywords end in 1. */
  readonly index: number;
  /** TTYPE, empty where there is none. */
  readonly name: string;
  /** TFORM. */
  readonly form: TForm;
  /** Position in the row. */
  readonly offset: number;
  /** TUNIT. */
  readonly unit: string | undefined;
  /** TNULL of an integer column: the stored value that means null. */
  readonly nullValue: number | bigint | undefined;
  /** TSCAL, 1 where there is none. Physical value = stored value × scale + zero. */
  readonly scale: number;
  /** TZERO, 0 where there is none; 2^63 is a bigint. */
  readonly zero: number | bigint;
  /** TDISP. */
  readonly display: string | undefined;
  /** TDIM, fastest axis first; undefined where it is absent or does not fit the column. */
  readonly dim: readonly number[] | undefined;
}

/** @see FITS 4.0 §7.3.1 */
const MAX_FIELDS = 999;

const INTEGERS = 'BIJK';

/** 2^63, TZERO of unsigned 64-bit integers. @see FITS 4.0 table 19 */
export const ZERO_UINT64 = 0x8000000000000000n;

/**
 * The columns that a header of a binary table declares.
 *
 * @throws IactError 'bad-data' when TFIELDS or a TFORM is absent or wrong, or when the columns do not fill NAXIS1 bytes
 * @see FITS 4.0 §7.3.1 and §7.3.2
 */
export function parseColumns(header: Header, rowBytes: number, place: string, uri: string): Column[] {
  const refuse = (reason: string): never => {
    throw new IactError('bad-data', `Cannot read ${place}: ${reason}`, { uri });
  };
  const count = header.integer('TFIELDS');
  if (count === undefined || count < 0 || count > MAX_FIELDS) {
    return refuse(`TFIELDS is ${count ?? 'missing'}, needed 0 to ${MAX_FIELDS}`);
  }
  const columns: Column[] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const n = index + 1;
    const name = header.string(`TTYPE${n}`) ?? '';
    const text = header.string(`TFORM${n}`);
    const form = text === undefined ? undefined : parseTForm(text);
    if (form === undefined) return refuse(`column ${n} ("${name}") has no valid TFORM${n}: found ${showText(text)}`);
    columns.push({ index, name, form, offset, ...parseAttributes(header, n, form) });
    offset += form.bytes;
    if (offset > rowBytes) {
      refuse(`column ${n} ("${name}", TFORM "${text}") ends at byte ${offset} of a row, NAXIS1 is ${rowBytes}`);
    }
  }
  if (offset !== rowBytes) refuse(`its ${count} columns fill ${offset} bytes of a row, NAXIS1 is ${rowBytes}`);
  return columns;
}

function showText(text: string | undefined): string {
  return text === undefined ? 'none' : `"${text}"`;
}

type Attributes = Pick<Column, 'unit' | 'nullValue' | 'scale' | 'zero' | 'display' | 'dim'>;

function parseAttributes(header: Header, n: number, form: TForm): Attributes {
  const code = valueCode(form);
  const numeric = 'BIJKEDCM'.includes(code);
  const zero = header.number(`TZERO${n}`) ?? 0;
  return {
    unit: header.string(`TUNIT${n}`),
    nullValue: INTEGERS.includes(code) ? integerOf(header, `TNULL${n}`) : undefined,
    scale: numeric ? (header.number(`TSCAL${n}`) ?? 1) : 1,
    zero: numeric ? (zero === 2 ** 63 ? ZERO_UINT64 : zero) : 0,
    display: header.string(`TDISP${n}`),
    dim: parseDim(header.get(`TDIM${n}`), form),
  };
}

/** An integer of any size. */
function integerOf(header: Header, keyword: string): number | bigint | undefined {
  const value = header.get(keyword);
  return typeof value === 'bigint' ? value : header.integer(keyword);
}

/** @see FITS 4.0 §7.3.2 (TDIM) */
function parseDim(value: unknown, form: TForm): number[] | undefined {
  const text = typeof value === 'string' ? /^ *\(([\d, ]+)\) *$/.exec(value)?.[1] : undefined;
  if (text === undefined) return undefined;
  const dim = text.split(',').map((length) => (length.trim() === '' ? Number.NaN : Number(length)));
  const elements = dim.reduce((product, length) => product * length, 1);
  const fits = form.elementCode === undefined ? elements <= form.repeat : dim.every(Number.isSafeInteger);
  return fits && dim.every((length) => length > 0) ? dim : undefined;
}

/** How the characters of a field are divided: the length of each string, and the number of them. */
export function textShape(column: Pick<Column, 'form' | 'dim'>): { length: number; count: number } {
  const { repeat, substring } = column.form;
  const [length, ...outer] = column.dim ?? [];
  if (length !== undefined && outer.length > 0) {
    return { length, count: outer.reduce((product, axis) => product * axis, 1) };
  }
  if (substring !== undefined) return { length: substring, count: Math.floor(repeat / substring) };
  return { length: length ?? repeat, count: 1 };
}

/**
 * How stored numbers become physical ones: as they are, by one of the offsets that make an integer type unsigned (B:
 * signed), or by computing doubles.
 *
 * @see FITS 4.0 §5.2.5 and table 19
 */
export function scalingOf(column: Pick<Column, 'form' | 'scale' | 'zero'>): 'none' | 'offset' | 'scaled' {
  const { scale, zero } = column;
  if (scale !== 1) return 'scaled';
  if (zero === 0) return 'none';
  return UNSIGNED_ZERO[valueCode(column.form)] === zero ? 'offset' : 'scaled';
}

/** TZERO of the types with the other signedness. */
export const UNSIGNED_ZERO: Readonly<Partial<Record<string, number | bigint>>> = {
  B: -128,
  I: 2 ** 15,
  J: 2 ** 31,
  K: ZERO_UINT64,
};
