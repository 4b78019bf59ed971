import childProcess, { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { currentRecorder, type Recorder } from './recorder.ts';

interface SpawnOptions {
  readonly file?: string;
  readonly args?: readonly string[];
}

type Spawn = (this: ChildProcess, options: SpawnOptions) => unknown;
type SpawnSync = (file: string, ...rest: unknown[]) => unknown;

/** Notes what the program `sync` does, however a process of it is started. */
export function watchSyncProgram(): void {
  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn };
  const spawn = prototype.spawn;
  prototype.spawn = function (options) {
    const recorder = currentRecorder();
    const ended = recorder && beginSync(recorder, options.file, options.args?.slice(1) ?? []);
    if (ended !== undefined) this.once('exit', (status) => status === 0 && ended());
    return spawn.call(this, options);
  };
  const places = childProcess as unknown as Record<'spawnSync' | 'execFileSync', SpawnSync>;
  for (const name of ['spawnSync', 'execFileSync'] as const) {
    const original = places[name];
    places[name] = (file, ...rest) => {
      const recorder = currentRecorder();
      const args = Array.isArray(rest[0]) ? (rest[0] as string[]) : [];
      const ended = recorder && beginSync(recorder, file, args);
      const result = original(file, ...rest);
      if (name === 'execFileSync' || (result as { status: number | null }).status === 0) ended?.();
      return result;
    };
  }
}

/** @returns what to call when it has ended well; `undefined` if it is no sync that reaches the recorded directory. */
function beginSync(recorder: Recorder, file: string | undefined, args: readonly string[]): (() => void) | undefined {
  if (file === undefined || basename(file) !== 'sync') return undefined;
  const flags = args.filter((argument) => argument.startsWith('-'));
  const paths = args.filter((argument) => !argument.startsWith('-')).map((path) => recorder.pathOf(path));
  const start = recorder.tick();
  const wholeFileSystem = flags.some((flag) => flag === '-f' || flag === '--file-system');
  if (args.length === 0 || (wholeFileSystem && paths.some((path) => path !== undefined))) {
    return () => recorder.add(start, { kind: 'sync-all' });
  }
  return () => {
    for (const path of paths) if (path !== undefined) recorder.add(start, { kind: 'sync', target: { path } });
  };
}
