import { InvalidArgumentError } from 'commander';

/** Reads the value of an option that is a whole number from 0 on. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('A whole number is needed.');
  return value;
}

/** Reads the value of an option that is a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('A number is needed.');
  return value;
}
