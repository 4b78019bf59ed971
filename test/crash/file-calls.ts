/**
 * Lets all calls of `node:fs` and `node:fs/promises` that change something pass through the recorder. Loading this
 * module does it, for the whole process; while nothing is recorded the calls are as they were. It must be loaded before
 * the code that is recorded.
 */
import fs from 'node:fs';
import fsPromises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { CALLS, type CallReader, HANDLE_METHODS, type Outcome } from './call-actions.ts';
import { COMPOSITES } from './composite-calls.ts';
import { currentRecorder, type Recorder } from './recorder.ts';
import { watchSyncProgram } from './sync-program.ts';

type Call = (this: unknown, ...args: unknown[]) => unknown;
type Calls = Record<string, Call | undefined>;
type Callback = (error: unknown, result?: unknown) => void;

interface Begun {
  readonly recorder: Recorder;
  readonly start: number;
  readonly outcome: Outcome;
}

function begin(reader: CallReader, args: readonly unknown[]): Begun | undefined {
  const recorder = currentRecorder();
  const outcome = recorder && reader(recorder, args);
  return recorder && outcome && { recorder, start: recorder.tick(), outcome };
}

function finish({ recorder, start, outcome }: Begun, result: unknown): void {
  const action = outcome(result);
  if (action === undefined) return;
  recorder.add(start, action);
  // Each handle has a method of its own for this.
  if (action.kind === 'open' && typeof result === 'object') replaceHandleMethod(result as object, 'close');
}

function replaceHandleMethod(place: object, method: string): void {
  const reader = CALLS[HANDLE_METHODS[method] ?? ''] as CallReader;
  replace(place, method, (original) => promised(original, reader, withDescriptor));
}

function withDescriptor(self: unknown, args: unknown[]): unknown[] {
  return [(self as FileHandle).fd, ...args];
}

function synchronous(original: Call, reader: CallReader): Call {
  return function (...args) {
    const begun = begin(reader, args);
    const result = original.apply(this, args);
    if (begun !== undefined) finish(begun, result);
    return result;
  };
}

function withCallback(original: Call, reader: CallReader): Call {
  return function (...args) {
    const callback = args.at(-1);
    const begun = typeof callback === 'function' ? begin(reader, args.slice(0, -1)) : undefined;
    if (begun === undefined) return original.apply(this, args);
    const ended: Callback = (error, ...results) => {
      if (!error) finish(begun, results[0]);
      (callback as Callback)(error, ...results);
    };
    return original.apply(this, [...args.slice(0, -1), ended]);
  };
}

function promised(original: Call, reader: CallReader, argsOf: (self: unknown, args: unknown[]) => unknown[]): Call {
  return async function (...args) {
    const begun = begin(reader, argsOf(this, args));
    const result = await original.apply(this, args);
    if (begun !== undefined) finish(begun, result);
    return result;
  };
}

/** Puts another function in the place of one, with all that is attached to it, such as how to make a promise of it. */
function replace(place: object, name: string, make: (original: Call) => Call): void {
  const calls = place as Calls;
  const original = calls[name];
  if (original === undefined) return;
  calls[name] = Object.defineProperties(make(original), Object.getOwnPropertyDescriptors(original)) as Call;
}

async function patch(): Promise<void> {
  for (const [name, reader] of Object.entries(CALLS)) {
    replace(fs, `${name}Sync`, (original) => synchronous(original, reader));
    replace(fs, name, (original) => withCallback(original, reader));
    replace(fsPromises, name, (original) => promised(original, reader, (_self, args) => args));
  }
  for (const [name, { blocking, promise }] of Object.entries(COMPOSITES)) {
    const chosen = (args: readonly unknown[]) => currentRecorder() !== undefined && COMPOSITES[name]?.when(args);
    replace(
      fs,
      `${name}Sync`,
      (original) =>
        function (...args) {
          return chosen(args) ? blocking(...args) : original.apply(this, args);
        },
    );
    replace(
      fsPromises,
      name,
      (original) =>
        async function (...args) {
          return chosen(args) ? promise(...args) : original.apply(this, args);
        },
    );
    replace(
      fs,
      name,
      (original) =>
        function (...args) {
          if (!chosen(args)) return original.apply(this, args);
          const callback = args.pop() as Callback;
          promise(...args).then((result) => callback(null, result), callback);
          return undefined;
        },
    );
  }
  patchFileHandle(await prototypeOfFileHandle());
  watchSyncProgram();
  syncBuiltinESMExports();
}

function patchFileHandle(prototype: object): void {
  for (const method of Object.keys(HANDLE_METHODS)) replaceHandleMethod(prototype, method);
  for (const name of ['writeFile', 'appendFile']) {
    replace(
      prototype,
      name,
      (original) =>
        async function (...args) {
          if (currentRecorder()?.handleOf((this as FileHandle).fd) === undefined) return original.apply(this, args);
          return COMPOSITES[name]?.promise(this, ...args);
        },
    );
  }
}

async function prototypeOfFileHandle(): Promise<object> {
  const handle = await fsPromises.open('/dev/null');
  await handle.close();
  return Object.getPrototypeOf(handle) as object;
}

await patch();
