import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fakeSsh } from './fake-ssh.ts';

export interface LoggedSftp {
  readonly place: string;
  readonly env: Readonly<Record<string, string>>;
  /** What was opened and looked at by its name, in order. */
  requests(): Promise<string[]>;
}

/** A folder of this machine through the server of OpenSSH, which tells of each request in a log. */
export async function loggedSftp(folder: string): Promise<LoggedSftp> {
  const { directory, env } = await fakeSsh('serve -e -l DEBUG3 2>>"$directory/log"');
  return {
    place: `sftp://store${folder}`,
    env,
    requests: async (): Promise<string[]> => {
      const text = await readFile(join(directory, 'log'), 'utf8');
      const found = text.matchAll(/(?:(stat) name|(open)) "([^"]+)"/g);
      return [...found].map(([, stat, open, path = '']) => `${stat ?? open} ${path.replace(`${folder}/`, '')}`);
    },
  };
}
