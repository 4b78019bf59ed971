import { JsonNumber, type JsonValue } from '../../ops/index.ts';

/** A value of a master index as the originals show it in their logs: Python's `str(value)`. */
export function pythonText(value: JsonValue): string {
  return typeof value === 'string' ? value : representation(value);
}

function representation(value: JsonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (value instanceof JsonNumber) return number(value.text);
  if (Array.isArray(value)) return `[${value.map(representation).join(', ')}]`;
  return `{${[...value].map(([key, item]) => `${quoted(key)}: ${representation(item)}`).join(', ')}}`;
}

/** Single quotes, unless the text holds one and no double quote. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escapes: Readonly<Record<string, string>> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    [quote]: `\\${quote}`,
  };
  return quote + [...text].map((character) => escapes[character] ?? character).join('') + quote;
}

function number(text: string): string {
  return /^-?\d+$/.test(text) ? BigInt(text).toString() : pythonFloat(Number(text));
}

/** A double as Python's `str` writes it: the shortest digits that give the same double, with `.0` or an exponent. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [digits = '', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 16) return Number.isInteger(value) ? `${sign}${Math.abs(value)}.0` : String(value);
  return `${sign}${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
