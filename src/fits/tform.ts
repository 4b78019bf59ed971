/** Codes of what a table can hold in a cell. @see FITS 4.0 table 18 */
export type ElementCode = 'L' | 'X' | 'B' | 'I' | 'J' | 'K' | 'A' | 'E' | 'D' | 'C' | 'M';

/** An element code, or a descriptor of an array in the heap with 32-bit (P) or 64-bit (Q) numbers. */
export type FormCode = ElementCode | 'P' | 'Q';

/** A TFORM value: what a column holds in each row. */
export interface TForm {
  readonly code: FormCode;
  /** Elements in a row; for P and Q 0 or 1. */
  readonly repeat: number;
  /** For P and Q: the type of the arrays' elements. */
  readonly elementCode: ElementCode | undefined;
  /** For P and Q: the largest number of elements, where it is told. */
  readonly maxLength: number | undefined;
  /** For A of the kind `rAw`: characters of each of the strings that share the field. */
  readonly substring: number | undefined;
  /** Bytes in the row. */
  readonly bytes: number;
}

const BITS: Readonly<Record<FormCode, number>> = {
  L: 8,
  X: 1,
  B: 8,
  I: 16,
  J: 32,
  K: 64,
  A: 8,
  E: 32,
  D: 64,
  C: 64,
  M: 128,
  P: 64,
  Q: 128,
};

const FORM = /^ *(\d{0,15})([LXBIJKAEDCM])(.*)$/i;
const DESCRIPTOR = /^ *([01]?)([PQ])([LXBIJKAEDCM])(?:\((\d{1,15})\))?/i;

/**
 * The meaning of a TFORM value, undefined when it is none. Codes may be in lower case; what follows the code is
 * ignored unless it has a meaning.
 *
 * @see FITS 4.0 §7.3.1 and §7.3.5
 */
export function parseTForm(text: string): TForm | undefined {
  const descriptor = DESCRIPTOR.exec(text);
  if (descriptor !== null) {
    const [, repeat, code, element, max] = descriptor;
    return makeTForm(code?.toUpperCase() as FormCode, repeat === '0' ? 0 : 1, {
      elementCode: element?.toUpperCase() as ElementCode,
      maxLength: max === undefined ? undefined : Number(max),
    });
  }
  const form = FORM.exec(text);
  if (form === null) return undefined;
  const code = form[2]?.toUpperCase() as ElementCode;
  const repeat = form[1] === '' ? 1 : Number(form[1]);
  const width = code === 'A' ? Number(/^\d{1,15}/.exec(form[3] ?? '')?.[0] ?? 0) : 0;
  return makeTForm(code, repeat, width > 0 && width <= repeat ? { substring: width } : {});
}

/** A form from its parts, its bytes counted. */
export function makeTForm(
  code: FormCode,
  repeat: number,
  details: Partial<Pick<TForm, 'elementCode' | 'maxLength' | 'substring'>> = {},
): TForm {
  const { elementCode, maxLength, substring } = details;
  return { code, repeat, elementCode, maxLength, substring, bytes: elementsBytes(code, repeat) };
}

/** The TFORM value of a form. */
export function formatTForm(form: TForm): string {
  const maximum = form.maxLength === undefined ? '' : `(${form.maxLength})`;
  return `${form.repeat}${form.code}${form.elementCode ?? form.substring ?? ''}${maximum}`;
}

/** Bytes of `count` elements: bits are packed, the last byte being filled up. */
export function elementsBytes(code: FormCode, count: number): number {
  return Math.ceil((BITS[code] * count) / 8);
}

/** The code of the values themselves, whether they stand in the row or in the heap. */
export function valueCode(form: TForm): ElementCode {
  return form.elementCode ?? (form.code as ElementCode);
}
