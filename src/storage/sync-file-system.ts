import { spawn } from 'node:child_process';

/** After a sync this long somebody else keeps the disk busy, and syncing all that is unwritten serves them, not us. */
const TOO_LONG_MS = 20_000;

let useless = process.platform !== 'linux';

/**
 * Makes all that was written to the file systems of these paths lasting, by one call each for thousands of files:
 * `sync -f`, which is syncfs(2). 2,000 new files of 20 kB: 0.1 s, against 0.6 s when each is synced by itself.
 *
 * @returns false where there is no such program, or where it does not serve; each file must be synced by itself then.
 */
export async function syncFileSystems(paths: readonly string[]): Promise<boolean> {
  if (useless) return false;
  const begun = performance.now();
  const status = await new Promise<number | null>((resolve) => {
    const child = spawn('sync', ['-f', '--', ...paths], { stdio: 'ignore' });
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  if (status !== 0 || performance.now() - begun > TOO_LONG_MS) useless = true;
  return status === 0;
}
