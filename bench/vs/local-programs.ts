import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isInstalled, type Rival, secondsOf } from '../harness.ts';

const PYTHON = '/usr/bin/python3';

/** Programs that copy a directory of this machine; after each what it wrote is synced, as ours is. */
export function localPrograms(store: string, cwd: string): Rival[] {
  const synced = (name: string, args: (to: string) => string[]): Rival => ({
    name,
    missing: isInstalled(name) ? undefined : `${name} is not installed`,
    copy: (to) => {
      secondsOf(name, args(to), cwd);
      secondsOf('sync', ['-f', to], cwd);
    },
  });
  return [
    synced('cp', (to) => ['-r', store, to]),
    synced('rsync', (to) => ['-a', `${store}/`, to]),
    synced('rclone', (to) => ['--config', '/dev/null', 'copy', store, to]),
  ];
}

/** `DataStore.copy_obs` of gammapy, which starts `cp` for every row of the HDU index. */
export function gammapy(store: string, cwd: string): Rival {
  const script = fileURLToPath(new URL('../../bench/vs/copy_gammapy.py', import.meta.url));
  const isThere = spawnSync(PYTHON, ['-c', 'import gammapy'], { stdio: 'ignore' }).status === 0;
  return {
    name: 'gammapy copy_obs',
    missing: isThere ? undefined : `${PYTHON} has no gammapy`,
    copy: (to) => {
      secondsOf(PYTHON, [script, store, to], cwd);
      secondsOf('sync', ['-f', to], cwd);
    },
  };
}
