import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, type Rival, secondsOf } from '../harness.ts';

/** How the other programs come to a server that `ssh` calls `store`. */
export interface SshWay {
  /** File of the options of `ssh`. */
  readonly config: string;
  /** For a program with an SSH of its own. */
  readonly port: number;
  readonly key: string;
  readonly knownHosts: string;
  readonly user: string;
}

/** Programs that copy a directory, or a file, of a server by SSH. None of them syncs what it writes. */
export function sshPrograms(way: SshWay, cwd: string, from: string): Rival[] {
  const { config, port, key, knownHosts, user } = way;
  const ssh = `ssh -F ${config}`;
  const remote = `:sftp,host=127.0.0.1,port=${port},user=${user},key_file=${key},known_hosts_file=${knownHosts}:${from}`;
  const rival = (name: string, program: string, copy: (to: string) => void): Rival => {
    return { name, missing: isInstalled(program) ? undefined : `${program} is not installed`, copy };
  };
  return [
    rival('tar over ssh', 'tar', (to) => {
      mkdirSync(to);
      secondsOf('sh', ['-c', `${ssh} store tar -C ${from} -cf - . | tar -xf - -C ${to}`], cwd);
    }),
    rival('rsync', 'rsync', (to) => {
      secondsOf('rsync', ['-a', '-e', ssh, `store:${from}/`, to], cwd);
    }),
    rival('scp', 'scp', (to) => {
      secondsOf('scp', ['-q', '-r', '-F', config, `store:${from}`, to], cwd);
    }),
    rival('rclone', 'rclone', (to) => {
      secondsOf('rclone', ['--config', '/dev/null', 'copy', remote, to], cwd);
    }),
    sshfs(way, cwd, from),
  ];
}

/** Mounts, copies with `cp`, and unmounts. */
function sshfs({ config }: SshWay, cwd: string, from: string): Rival {
  const place = join(cwd, 'mounted');
  const unmount = (): void => void spawnSync('fusermount', ['-u', place], { stdio: 'ignore' });
  const mount = (): boolean => {
    mkdirSync(place, { recursive: true });
    return spawnSync('sshfs', ['-F', config, `store:${from}`, place], { stdio: 'ignore' }).status === 0;
  };
  const missing = (): string | undefined => {
    if (!isInstalled('sshfs')) return 'sshfs is not installed';
    if (!existsSync('/dev/fuse')) return 'there is no /dev/fuse';
    const isMounted = mount();
    unmount();
    return isMounted ? undefined : 'sshfs cannot mount here';
  };
  return {
    name: 'sshfs and cp',
    missing: missing(),
    copy: (to) => {
      if (!mount()) throw new Error('sshfs cannot mount any more');
      try {
        secondsOf('cp', ['-r', place, to], cwd);
      } finally {
        unmount();
      }
    },
  };
}
