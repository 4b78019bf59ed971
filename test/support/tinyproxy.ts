import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, freePort, isListening } from './nginx.ts';

export interface Tinyproxy {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** The lines of its log that tell a request. */
  requests(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts tinyproxy on a free port of 127.0.0.1. */
export async function startTinyproxy(login?: { user: string; password: string }): Promise<Tinyproxy> {
  const home = await mkdtemp(join(tmpdir(), 'iactools-tinyproxy-'));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const lines = [
      `Port ${port}`,
      'Listen 127.0.0.1',
      'Allow 127.0.0.1',
      'MaxClients 200',
      'Timeout 60',
      `LogFile "${home}/log"`,
      'LogLevel Connect',
      `PidFile "${home}/pid"`,
      login ? `BasicAuth ${login.user} ${login.password}` : '',
    ];
    await writeFile(join(home, 'conf'), lines.join('\n'));
    const child = spawn('tinyproxy', ['-d', '-c', join(home, 'conf')], { stdio: 'ignore' });
    if (await isListening(child, port)) {
      return {
        host: `127.0.0.1:${port}`,
        requests: async () =>
          (await readFile(join(home, 'log'), 'utf8')).split('\n').filter((line) => line.includes('Request')),
        stop: async () => {
          await end(child);
          await rm(home, { recursive: true, force: true });
        },
      };
    }
    await end(child);
    if (attempt === 5) throw new Error('tinyproxy does not start');
  }
}
