import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface NginxOptions {
  readonly autoindex?: 'off' | 'html' | 'json';
  readonly login?: { readonly user: string; readonly password: string };
  /** Encrypts, with a self-signed certificate for `localhost` and 127.0.0.1. */
  readonly tls?: boolean;
  /** For how long the certificate is valid; negative for one that has expired. */
  readonly certificateDays?: number;
  /** Another name than `localhost` for the certificate. */
  readonly certificateName?: string;
  /** For each connection. */
  readonly bytesPerSecond?: number;
  /** More directives of the location. */
  readonly directives?: string;
}

export interface Nginx {
  readonly port: number;
  /** Of the root, with `/` at its end. */
  readonly url: string;
  /** File of the certificate, where one is used. */
  readonly certificate: string;
  /** One line for each request that was answered: method, path, status, `Authorization`, `Range`. */
  requests(): Promise<string[]>;
  stop(): Promise<void>;
  /** Ends it at once, in the middle of its answers. */
  kill(): Promise<void>;
  /** Starts it again at the same port, after `kill`. */
  startAgain(): Promise<void>;
}

/** Serves a folder by nginx as the current user, on a free port of 127.0.0.1. */
export async function startNginx(root: string, options: NginxOptions = {}): Promise<Nginx> {
  const home = await mkdtemp(join(tmpdir(), 'iactools-nginx-'));
  if (options.tls) makeCertificate(home, options);
  if (options.login) {
    await writeFile(join(home, 'passwords'), `${options.login.user}:{PLAIN}${options.login.password}\n`);
  }
  // Somebody else may take the port before nginx does.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    let server = await start(home, port, configuration(home, root, port, options));
    if (server !== undefined) {
      const scheme = options.tls ? 'https' : 'http';
      return {
        port,
        url: `${scheme}://${options.tls ? 'localhost' : '127.0.0.1'}:${port}/`,
        certificate: join(home, 'certificate.pem'),
        requests: async () => (await readFile(join(home, 'access.log'), 'utf8')).split('\n').filter((line) => line),
        stop: async () => {
          if (server !== undefined) await end(server);
          await rm(home, { recursive: true, force: true });
        },
        kill: async () => {
          // By SIGTERM, which nginx obeys at once: after SIGKILL its worker would go on.
          if (server !== undefined) await end(server);
        },
        startAgain: async () => {
          server = await start(home, port, configuration(home, root, port, options));
          if (server === undefined)
            throw new Error(`nginx does not start: ${readFileSync(join(home, 'stderr'), 'utf8')}`);
        },
      };
    }
    if (attempt === 5) throw new Error(`nginx does not start: ${readFileSync(join(home, 'stderr'), 'utf8')}`);
  }
}

/** Two files: `certificate.pem` and `key.pem`. */
function makeCertificate(directory: string, options: NginxOptions): void {
  const { certificateDays = 2, certificateName } = options;
  const names = certificateName === undefined ? 'DNS:localhost,IP:127.0.0.1' : `DNS:${certificateName}`;
  const request = join(directory, 'request.pem');
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    join(directory, 'key.pem'),
  ];
  const extensions = join(directory, 'extensions');
  writeFileSync(extensions, `subjectAltName=${names}`);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  openssl('req', '-new', ...key, '-out', request, '-subj', `/CN=${certificateName ?? 'localhost'}`);
  const signed = ['-signkey', join(directory, 'key.pem'), '-days', String(certificateDays), '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...signed, '-out', join(directory, 'certificate.pem'));
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Waits until somebody listens; false if the process has ended before. */
export async function isListening(child: ChildProcess, port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt++) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (reached) return child.exitCode === null;
    await sleep(25);
  }
  return false;
}

/** Ends a process that a test started. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(late);
}

async function start(home: string, port: number, text: string): Promise<ChildProcess | undefined> {
  const file = join(home, 'nginx.conf');
  await writeFile(file, text);
  const child = spawn('nginx', ['-c', file, '-e', join(home, 'stderr')], { stdio: 'ignore' });
  if (await isListening(child, port)) return child;
  await end(child);
  return undefined;
}

function configuration(home: string, root: string, port: number, options: NginxOptions): string {
  const { autoindex = 'html', login, tls, bytesPerSecond, directives = '' } = options;
  const listing = autoindex === 'off' ? 'autoindex off;' : `autoindex on; autoindex_format ${autoindex};`;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${home};`);
  return `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off;
    worker_processes 1;
    pid ${home}/pid;
    events { worker_connections 512; }
    http {
      ${temporary.join(' ')}
      log_format short '$request_method $request_uri $status $http_authorization $http_range';
      access_log ${home}/access.log short;
      default_type application/octet-stream;
      keepalive_requests 100000;
      server {
        listen 127.0.0.1:${port}${tls ? ' ssl' : ''};
        ${tls ? `ssl_certificate ${home}/certificate.pem; ssl_certificate_key ${home}/key.pem;` : ''}
        location / {
          root ${root};
          ${listing}
          ${login ? `auth_basic store; auth_basic_user_file ${home}/passwords;` : ''}
          ${bytesPerSecond ? `limit_rate ${bytesPerSecond};` : ''}
          gzip_static off;
          ${directives}
        }
      }
    }
  `;
}
