import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Need, program } from './require.ts';
import { tempDirectory } from './temp.ts';

/** The SFTP server of OpenSSH, without a login. */
export const SFTP_SERVER = '/usr/lib/openssh/sftp-server';

/** What a {@link fakeSsh} needs that serves files. */
export function sftpServer(): Need {
  return program(SFTP_SERVER);
}

export interface FakeSsh {
  /** Its folder, `$directory` in the script. */
  readonly directory: string;
  /** For the environment of a client. */
  readonly env: Readonly<Record<string, string>>;
}

/** A script of the shell in the place of `ssh`; `serve` in it becomes the SFTP server of OpenSSH on this machine. */
export async function fakeSsh(script: string): Promise<FakeSsh> {
  const directory = await tempDirectory();
  const path = join(directory, 'ssh');
  const begin = `#!/bin/sh\ndirectory='${directory}'\nserve() { exec ${SFTP_SERVER} "$@"; }\n`;
  await writeFile(path, `${begin}${script}\n`, { mode: 0o755 });
  return { directory, env: { ...(process.env as Record<string, string>), IACT_SSH: path } };
}
