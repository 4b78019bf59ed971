import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Link, LinkOptions } from './link.ts';
import type { LinkOrder, LinkState } from './link-child.ts';

/** Stands beside this file, or two folders above a benchmark that was bundled into `dist/bench`. */
function childPath(): string {
  const found = ['./link-child.ts', '../../test/support/link-child.ts']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('test/support/link-child.ts is not in the checkout of this program.');
  return found;
}

/**
 * A {@link Link} in a process of its own, so that its work does not slow down what is measured. Orders reach it within
 * a millisecond or so; what it counts is up to 20 ms old. It ends when this process does.
 */
export async function startLinkProcess(options: LinkOptions): Promise<Link> {
  const { build } = await import('esbuild');
  const entry = childPath();
  const built = await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', write: false });
  const child = spawn(process.execPath, ['--input-type=module', '--eval', built.outputFiles[0]?.text ?? ''], {
    // Unlike JSON it knows Infinity.
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const order = (message: LinkOrder): void => void (child.connected && child.send(message));
  order({ call: 'start', options });
  let state = await Promise.race([
    once(child, 'message').then(([first]) => first as LinkState),
    ended.then(([status]) => Promise.reject(new Error(`The process of the link ended with ${status}.`))),
  ]);
  child.on('message', (next: LinkState) => {
    state = next;
  });
  return {
    get port() {
      return state.port;
    },
    get connections() {
      return state.connections;
    },
    get bytesUp() {
      return state.bytesUp;
    },
    get bytesDown() {
      return state.bytesDown;
    },
    cut: () => order({ call: 'cut' }),
    refuse: (on) => order({ call: 'refuse', on }),
    stall: (on) => order({ call: 'stall', on }),
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
