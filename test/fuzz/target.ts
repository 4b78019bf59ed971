import { type ErrorCode, IactError } from '../../src/core/index.ts';
import type { Ingredients } from './mutate.ts';

/** What is given inputs that are near to right. */
export interface FuzzTarget extends Ingredients {
  readonly name: string;
  /** Throws for whatever must not happen. An error that the input deserves is not thrown on. */
  run(input: Uint8Array): Promise<void> | void;
}

/** Errors that an input may deserve. */
const DESERVED: readonly ErrorCode[] = ['bad-data', 'usage', 'not-found', 'unsafe-path'];

/** The result of an action, or `undefined` if it failed as it may: by an error of ours that says what is wrong. */
export async function attempt<T>(action: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof IactError && DESERVED.includes(error.code) && error.message.length > 10) return undefined;
    throw error;
  }
}

/** Throws if something that must hold does not. */
export function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(`must hold: ${what}`);
}

export function textOf(input: Uint8Array): string {
  return new TextDecoder().decode(input);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
