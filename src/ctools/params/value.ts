/** Boolean, integer, real, string, file name (and its flavours, whose promises nobody checks), time. */
export type ParameterType = 'b' | 'i' | 'r' | 's' | 'f' | 'fr' | 'fw' | 'fe' | 'fn' | 't';

const TYPES: readonly string[] = ['b', 'i', 'r', 's', 'f', 'fr', 'fw', 'fe', 'fn', 't'] satisfies ParameterType[];

export function isParameterType(text: string): text is ParameterType {
  return TYPES.includes(text);
}

/** The part of a parameter's definition that its values depend on. */
export interface ValueRules {
  readonly name: string;
  readonly type: ParameterType;
  readonly minimum: string;
  readonly maximum: string;
}

const TRUE_WORDS = ['y', 'yes', 't', 'true'];
const FALSE_WORDS = ['n', 'no', 'f', 'false'];
const UNDEFINED_WORDS = ['INDEF', 'NONE', 'UNDEF', 'UNDEFINED'];
const INFINITE_WORDS = ['INF', 'INFINITY', 'NAN'];
/** What the infinite words mean for an integer: 2^63 − 1. */
const LARGEST_INTEGER = '9223372036854775807';

/** Whether a value stands for "no value". Strings and booleans always are values. */
export function isUndefined({ type }: Pick<ValueRules, 'type'>, text: string): boolean {
  if (type === 'f' && text === '') return true;
  return ['i', 'r', 'f', 't'].includes(type) && UNDEFINED_WORDS.includes(text.toUpperCase());
}

/** The text that is kept for an accepted value. */
export function storedText({ type }: Pick<ValueRules, 'type'>, text: string): string {
  return type === 'i' && INFINITE_WORDS.includes(text.toUpperCase()) ? LARGEST_INTEGER : text;
}

/**
 * A boolean's value; undefined for any other text.
 */
export function booleanOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : undefined;
}

/**
 * A whole number between −2^53 and 2^53; the infinite words and 2^63 − 1 give 2^63. Undefined for any other text, such as
 * `3.9`, `3abc` and the empty text.
 */
export function integerOf(text: string): number | undefined {
  const digits = text.trim();
  if (INFINITE_WORDS.includes(digits.toUpperCase()) || digits === LARGEST_INTEGER) return Number(LARGEST_INTEGER);
  const value = /^[+-]?\d+$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/**
 * A decimal number; the infinite words give NaN. Undefined for any other text, such as `5deg`, `1d1`, `0x10`, `1e400`
 * and the empty text.
 */
export function realOf(text: string): number | undefined {
  const digits = text.trim();
  if (INFINITE_WORDS.includes(digits.toUpperCase())) return Number.NaN;
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Checks a value against its parameter's type, options and bounds.
 *
 * Options stand in the minimum field with an empty maximum; a lone number there is the lower bound of a number. Options of
 * strings ignore case, those of numbers compare as numbers. An undefined number is always accepted.
 * @returns a sentence that says what is wrong, undefined for a good value.
 */
export function valueFault(rules: ValueRules, text: string): string | undefined {
  if (isAccepted(rules, text)) return undefined;
  return `Parameter "${rules.name}" cannot be "${text}": it must be ${requirement(rules)}.`;
}

function isAccepted(rules: ValueRules, text: string): boolean {
  if (rules.type === 'b') return booleanOf(text) !== undefined;
  const options = optionsOf(rules);
  if (!isNumeric(rules)) return options === undefined || options.some((option) => sameText(rules, option, text));
  if (isUndefined(rules, text)) return true;
  const value = numberOf(rules, text);
  if (value === undefined) return false;
  if (options !== undefined) return options.some((option) => numberOf(rules, option) === value);
  const { minimum, maximum } = boundsOf(rules);
  const bounded = rules.minimum !== '' || rules.maximum !== '';
  return !bounded || (value >= minimum && value <= maximum);
}

function requirement(rules: ValueRules): string {
  if (rules.type === 'b') return 'y, yes, t, true, n, no, f or false';
  const options = optionsOf(rules);
  if (options !== undefined) return `one of ${options.join('|')}`;
  const kind = rules.type === 'i' ? 'a whole number' : 'a number';
  if (rules.minimum === '' && rules.maximum === '') return kind;
  if (rules.maximum === '') return `${kind}, at least ${rules.minimum}`;
  if (rules.minimum === '') return `${kind}, at most ${rules.maximum}`;
  return `${kind} from ${rules.minimum} to ${rules.maximum}`;
}

/** What is wrong with the minimum and maximum fields of a parameter, undefined for nothing. */
export function boundsFault(rules: ValueRules): string | undefined {
  if (!isNumeric(rules)) return undefined;
  const bounds = optionsOf(rules) ?? [rules.minimum, rules.maximum].filter((bound) => bound !== '');
  const bad = bounds.find((bound) => numberOf(rules, bound) === undefined);
  return bad === undefined ? undefined : `"${bad}" is no bound for the numbers of parameter "${rules.name}"`;
}

function optionsOf({ type, minimum, maximum }: ValueRules): string[] | undefined {
  if (minimum === '' || maximum !== '') return undefined;
  if ((type === 'i' || type === 'r') && !minimum.includes('|')) return undefined;
  return minimum.split('|').map((option) => option.trim());
}

function sameText({ type }: ValueRules, option: string, text: string): boolean {
  return type === 's' ? option.toLowerCase() === text.toLowerCase() : option === text;
}

function boundsOf(rules: ValueRules): { minimum: number; maximum: number } {
  return {
    minimum: rules.minimum === '' ? Number.NEGATIVE_INFINITY : (numberOf(rules, rules.minimum) ?? Number.NaN),
    maximum: rules.maximum === '' ? Number.POSITIVE_INFINITY : (numberOf(rules, rules.maximum) ?? Number.NaN),
  };
}

function isNumeric({ type }: ValueRules): boolean {
  return type === 'i' || type === 'r';
}

function numberOf({ type }: ValueRules, text: string): number | undefined {
  return type === 'i' ? integerOf(text) : realOf(text);
}
