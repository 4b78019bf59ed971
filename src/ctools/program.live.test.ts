import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest';
import { type PtyResult, type PtyStep, runInPty } from '../../test/support/pty.ts';
import { itNeeds, PYTHON, program } from '../../test/support/require.ts';

const python = program(PYTHON);
const shell = program('sh');

let root: string;
let demo: string;
let cwd: string;
let env: Record<string, string | undefined>;

// The demo as an installed program would be: one bundle, started by node.
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'iact-demo-'));
  demo = join(root, 'demo.mjs');
  const contents = `import { nodeIo } from './io.ts';
    import { runProgram } from './program.ts';
    import { demoProgram } from './testing/demo-program.ts';
    const print = (line) => process.stderr.write(line + '\\n');
    process.exitCode = await runProgram(demoProgram(print), process.argv.slice(2), nodeIo());`;
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: demo,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  cwd = mkdtempSync(join(root, 'run-'));
  mkdirSync(join(cwd, 'pfiles'));
  mkdirSync(join(cwd, 'store'));
  for (const name of ['store/events 1.fits', 'store/events 2.fits', 'list.txt']) writeFileSync(join(cwd, name), '');
  env = { PATH: process.env['PATH'], HOME: cwd, PFILES: join(cwd, 'pfiles') };
});

const learned = (): string => readFileSync(join(cwd, 'pfiles', 'demo.par'), 'utf8');
const log = (): string => readFileSync(join(cwd, 'demo.log'), 'utf8');

const onTerminal = (steps: readonly PtyStep[], args: readonly string[] = []): Promise<PtyResult> =>
  runInPty(process.execPath, [demo, ...args], steps, { cwd, env });

interface Ended {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** Waits for a program's end; `onStart` may type or kill. */
function ended(child: ChildProcess, onOutput: (soFar: string) => void = () => {}): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (piece: string) => {
      text[name] += piece;
      if (name === 'stdout') onOutput(text.stdout);
    });
  }
  return new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, ...text })));
}

describe('runProgram() on a terminal', () => {
  itNeeds(python)('runProgram() asks with the value in brackets, and takes the line typed behind it', async () => {
    const { screen, status } = await onTerminal([
      { expect: 'Input file [input.fits] ', send: 'my file.fits\r' },
      { expect: 'Title [] ', send: 'abX\x7fc\r' },
      { expect: 'Radius (deg) (0-180) [2.5] ', send: '\r' },
      { expect: 'Count (1) [3] ', send: '7\r' },
    ]);
    expect(screen.split('\n')).toEqual([
      'Input file [input.fits] my file.fits',
      'Title [] abc',
      'Radius (deg) (0-180) [2.5]',
      'Count (1) [3] 7',
      '{"infile":"my file.fits","title":"abc","radius":2.5,"count":7}',
    ]);
    expect(status).toBe(0);
    expect(learned()).toContain('title,   s, a,abc,,,');
  });

  itNeeds(python)('runProgram() completes file names with Tab', async () => {
    const { screen } = await onTerminal([
      { expect: 'Input file [input.fits] ', send: '~/st\t' },
      { expect: /ore\/$/, send: 'ev\t' },
      { expect: /ents $/, send: '2\t' },
      { expect: '.fits', send: '\r' },
      { expect: 'Title [] ', send: 'li\t' },
      { expect: 'st.txt', send: '\r' },
      { expect: 'Radius', send: '\r' },
      { expect: 'Count', send: '\r' },
    ]);
    expect(screen).toContain('Input file [input.fits] ~/store/events 2.fits\nTitle [] list.txt\n');
    expect(screen).toContain(`{"infile":"${cwd}/store/events 2.fits"`);
  });

  itNeeds(python)('runProgram() asks again after a wrong answer', async () => {
    const { screen, status } = await onTerminal(
      [
        { expect: 'Radius (deg) (0-180) [2.5] ', send: '5deg\r' },
        { expect: 'Radius (deg) (0-180) [2.5] ', send: '5\r' },
      ],
      ['infile=a', 'title=t', 'count=1'],
    );
    expect(screen.split('\n')).toEqual([
      'Radius (deg) (0-180) [2.5] 5deg',
      'demo: error: Parameter "radius" cannot be "5deg": it must be a number from 0 to 180.',
      'Radius (deg) (0-180) [2.5] 5',
      '{"infile":"a","title":"t","radius":5,"count":1}',
    ]);
    expect(status).toBe(0);
  });

  itNeeds(python)('runProgram() gives what was pasted beyond an answer to the next questions', async () => {
    const { screen } = await onTerminal([
      { expect: 'Input file [input.fits] ', send: 'a.fits\rpasted\r4\r' },
      { expect: 'Count (1) [3] ', send: '9\r' },
    ]);
    expect(screen.split('\n')).toEqual([
      'Input file [input.fits] a.fits',
      'Title [] pasted',
      'Radius (deg) (0-180) [2.5] 4',
      'Count (1) [3] 9',
      '{"infile":"a.fits","title":"pasted","radius":4,"count":9}',
    ]);
  });

  itNeeds(python)('runProgram() ends with 130 at Ctrl-C, and has learned the answers before', async () => {
    const { screen, status } = await onTerminal([
      { expect: 'Input file [input.fits] ', send: 'a.fits\r' },
      { expect: 'Title [] ', send: 'half\x03' },
    ]);
    expect(screen.split('\n')).toEqual([
      'Input file [input.fits] a.fits',
      'Title [] half',
      'demo: error: Interrupted.',
    ]);
    expect(status).toBe(130);
    expect(learned()).toContain('infile,  f, a,a.fits,,,');
    expect(log()).toMatch(/: ERROR: Interrupted\.\n.*: \n.*CPU time\.\n$/);
  });

  itNeeds(python, program('bash'))('runProgram() shows the question again after Ctrl-Z and fg', async () => {
    const steps = [
      { expect: 'ready> ', send: '"$NODE" "$DEMO" infile=a radius=1 count=1\r' },
      { expect: 'Title [] ', send: 'ab\x1a' },
      { expect: /Stopped[\s\S]*ready> /, send: 'stty -a | grep -o " -*[i]canon"\r' },
      { expect: / icanon[\s\S]*ready> /, send: 'fg\r' },
      { expect: 'Title [] ab', send: 'c\r' },
      { expect: /"title":"abc"[\s\S]*ready> /, send: 'exit\r' },
    ];
    const shellEnv = { ...env, PS1: 'ready> ', NODE: process.execPath, DEMO: demo };
    const { status } = await runInPty('bash', ['--norc', '--noprofile', '-i'], steps, { cwd, env: shellEnv });
    expect(status).toBe(0);
  });

  itNeeds(python)('runProgram() keeps all values from Ctrl-D on', async () => {
    const { screen, status } = await onTerminal([
      { expect: 'Input file [input.fits] ', send: 'a.fits\r' },
      { expect: 'Title [] ', send: '\x04' },
    ]);
    expect(screen.split('\n')).toEqual([
      'Input file [input.fits] a.fits',
      'Title [] Radius (deg) (0-180) [2.5] Count (1) [3] {"infile":"a.fits","title":"","radius":2.5,"count":3}',
    ]);
    expect(status).toBe(0);
  });
});

describe('runProgram() in a pipeline', () => {
  const inShell = (script: string): Promise<Ended> =>
    ended(spawn('sh', ['-c', script, process.execPath, demo], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));

  itNeeds(shell)('runProgram() ends by itself though the pipe of answers stays open', async () => {
    const { status, stdout } = await inShell(
      'mkfifo answers; (printf "a.fits\\nt\\n\\n4\\n"; exec sleep 60) > answers & "$0" "$1" < answers; status=$?; kill $!; exit $status',
    );
    expect(status).toBe(0);
    expect(stdout).toBe('Input file [input.fits] a.fits\nTitle [] t\nRadius (deg) (0-180) [2.5] \nCount (1) [3] 4\n');
  });

  itNeeds(shell)('runProgram() works without an input', async () => {
    expect((await inShell('"$0" "$1" < /dev/null')).status).toBe(0);
    expect((await inShell('"$0" "$1" <&-')).status).toBe(0);
  });

  itNeeds(shell)('runProgram() says that its working directory is gone', async () => {
    expect(await inShell('mkdir gone; cd gone; rmdir ../gone; "$0" "$1" < /dev/null')).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        'demo: error: The working directory cannot be found (no such file or directory). Change to one that exists.\n',
    });
  });

  itNeeds(shell)('runProgram() works when its reader goes away', async () => {
    const script = '{ "$0" "$1" debug=yes chatter=4 < /dev/null; echo "status $?" >&2; } | true';
    expect((await inShell(script)).stderr).toMatch(/status 0\n$/);
    expect(log()).toMatch(/CPU time\.\n$/);
  });

  itNeeds(shell)('runProgram() ends with 130 when it is interrupted at a question, and has learned', async () => {
    const child = spawn(process.execPath, [demo], { cwd, env });
    child.stdin.write('a.fits\n');
    const { status, stderr } = await ended(child, (soFar) => {
      if (soFar.endsWith('Title [] ')) child.kill('SIGINT');
    });
    expect({ status, stderr }).toEqual({ status: 130, stderr: 'demo: error: Stopped by SIGINT.\n' });
    expect(learned()).toContain('infile,  f, a,a.fits,,,');
  });

  itNeeds(shell)('runProgram() leaves a readable log when it is killed', async () => {
    const child = spawn(process.execPath, [demo], { cwd, env });
    const { signal } = await ended(child, (soFar) => {
      if (soFar.endsWith('[input.fits] ')) child.kill('SIGKILL');
    });
    expect(signal).toBe('SIGKILL');
    expect(log().split('\n')).toHaveLength(6);
  });
});
