import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { customStore } from '../../test/support/store.ts';
import { tempDirectory } from '../../test/support/temp.ts';
import { recordsOf, runIact } from './testing/run-iact.ts';

async function store(): Promise<string> {
  return (await customStore(await tempDirectory(), [{ id: 1, name: 'a' }])).directory;
}

const ESCAPE = '\x1b[';

describe('main()', () => {
  it.each([
    [['lss'], 'Unknown command \'lss\'. Did you mean "ls"? "iact --help" tells more.'],
    [['help', 'lss'], 'Unknown command \'lss\'. Did you mean "ls"?'],
    [['ls', '--jsno', 'x'], 'Unknown option \'--jsno\'. Did you mean "--json"? "iact ls --help" tells more.'],
    [['find', 'x', '--colums=A'], 'Unknown option \'--colums=A\'. Did you mean "--columns"?'],
    [['--quite', 'ls', 'x'], 'Unknown option \'--quite\'. Did you mean "--quiet"?'],
    [['ls'], 'Missing required argument \'store\'. "iact ls --help" tells more.'],
    [['ls', 'a', 'b', 'c'], 'Too many arguments'],
    [['find', 'x', '--limit'], "Option '--limit <n>' argument missing."],
    [
      ['ls', 'x', '--color', 'red'],
      "Option '--color <when>' argument 'red' is invalid. Allowed choices are auto, always, never.",
    ],
    [['ls', 'x', '-q', '-v'], '--quiet and --verbose exclude each other.'],
    [['--quiet', 'ls', 'x', '--verbose'], '--quiet and --verbose exclude each other.'],
    [['find', 'x', '--json', '--format', 'csv'], '--json and --format exclude each other'],
  ])('refuses %j in one line', async (args, message) => {
    const { status, stdout, stderr } = await runIact(args);
    expect(stderr).toContain(`iact: error: ${message}`);
    expect([status, args.includes('--json') ? '' : stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
  });

  it('prints help for everything on standard output, and without a command on standard error', async () => {
    for (const args of [['--help'], ['ls', '-h'], ['find', 'x', '--help'], ['help'], ['help', 'ls']]) {
      const { status, stdout, stderr } = await runIact(args);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: iact /);
      expect(stdout).toContain('Options of all commands:\n');
    }
    expect(await runIact([])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Usage: iact ') });
    const inJson = await runIact(['--json']);
    const message = 'Which command? "iact --help" lists them.';
    expect([inJson.status, inJson.stderr]).toEqual([2, `iact: error: ${message}\n`]);
    expect(recordsOf(inJson)).toEqual([{ error: { code: 'usage', message, uri: null, retryable: false } }]);
    expect(await runIact(['--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it('tells as JSON that it was stopped, and nothing after that', async () => {
    const run = await runIact(['ls', await store(), '--json'], { beforeEnd: (call) => call() });
    const message = 'Stopped before it was done. Run the same command again.';
    expect(recordsOf(run)).toEqual([{ error: { code: 'cancelled', message, uri: null, retryable: false } }]);
    expect(run.stderr).toBe(`iact: error: ${message}\n`);
  });

  it('takes the options of all commands on both sides of the command', async () => {
    const directory = await store();
    for (const args of [
      ['--json', 'ls', directory],
      ['ls', '--json', directory],
      ['ls', directory, '--json'],
    ]) {
      expect(recordsOf(await runIact(args))).toMatchObject([{ result: { command: 'ls' } }]);
    }
    const [before, behind] = [
      ['--color', 'never', 'ls', directory],
      ['ls', directory, '--color', 'never'],
    ];
    for (const args of [before, behind]) {
      expect((await runIact(args, { columns: 100, env: { FORCE_COLOR: '1' } })).stdout).not.toContain(ESCAPE);
    }
  });

  it('does not take the value of an option for an option', async () => {
    const { stderr, status } = await runIact(['find', await store(), '--sort', '-quality']);
    expect(stderr).toContain('has no column "quality"');
    expect(status).toBe(2);
  });

  it('prints errors as a record, too, when JSON is asked for', async () => {
    const place = join(await tempDirectory(), 'none');
    const run = await runIact(['ls', place, '--json']);
    const message = `There is no store "${place}".`;
    expect(run).toMatchObject({ status: 3, stderr: `iact: error: ${message}\n` });
    expect(recordsOf(run)).toEqual([{ error: { code: 'not-found', message, uri: place, retryable: false } }]);
    const unparsed = await runIact(['ls', '--json', '--nonsense']);
    expect(recordsOf(unparsed)).toMatchObject([{ error: { code: 'usage', uri: null } }]);
    expect(recordsOf(await runIact(['nonsense', '--json']))).toHaveLength(1);
    expect((await runIact(['nonsense', '--', '--json'])).stdout).toBe('');
  });

  it('prints notes and remarks unless it shall be quiet', async () => {
    const directory = await store();
    const args = ['find', directory, '--quality', '1'];
    expect((await runIact(args)).stderr).toMatch(/^iact: note: .*QUALITY.*\n1 of 1 observation\n$/);
    expect((await runIact([...args, '-q'])).stderr).toBe('');
    expect(recordsOf(await runIact([...args, '--json']))).toMatchObject([
      { event: 'note' },
      { event: 'observation' },
      {},
    ]);
    expect(recordsOf(await runIact([...args, '--json', '-q']))).toMatchObject([{ event: 'observation' }, {}]);
  });

  it.each([
    [{}, [], true],
    [{ NO_COLOR: '1' }, [], false],
    [{ NO_COLOR: '' }, [], true],
    [{ TERM: 'dumb' }, [], false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, [], false],
    [{ NO_COLOR: '1' }, ['--color', 'always'], true],
    [{ FORCE_COLOR: '1' }, ['--color=never'], false],
  ])('decides on colours on a terminal with %j and %j', async (env, args, isColored) => {
    const { stdout } = await runIact(['ls', await store(), ...args], { columns: 100, env });
    expect(stdout.includes(ESCAPE)).toBe(isColored);
  });

  it('has no colours in a file unless they are asked for', async () => {
    const directory = await store();
    expect((await runIact(['ls', directory])).stdout).not.toContain(ESCAPE);
    expect((await runIact(['ls', directory], { env: { FORCE_COLOR: '0' } })).stdout).not.toContain(ESCAPE);
    expect((await runIact(['ls', directory], { env: { FORCE_COLOR: '1' } })).stdout).toContain(ESCAPE);
    expect((await runIact(['ls', directory, '--color', 'always'])).stdout).toContain(ESCAPE);
  });

  it('lets no name of a file speak to the terminal', async () => {
    const { stderr } = await runIact(['ls', 'no\x1b[2Jstore\rx']);
    expect(stderr).toBe('iact: error: There is no store "no\\u001b[2Jstore\\rx".\n');
  });

  it.each([
    [['ls', ''], "Argument 'store' is empty."],
    [['copy', 'from', ''], "Argument 'dir' is empty."],
    [['merge', 'a', 'b', '', '-o', 'c'], "Argument 'store' is empty."],
    [['merge', 'a', 'b', '-o', ''], "Option '-o, --output <dir>' is empty. Is a variable of the shell not set?"],
    [['merge', 'a', 'b', '--output='], "Option '-o, --output <dir>' is empty."],
    [['merge', 'a', 'b', '-o', 'c', '--name', ''], "Option '--name <name>' is empty."],
    [['merge', 'a', 'b', '-o', 'c', '--dataset', 'x', '--dataset', ''], "Option '--dataset <name>' is empty."],
    [['verify', 'x', '--against', ''], "Option '--against <store>' is empty."],
    [['find', 'x', '--where', ''], "Option '--where <expression>' is empty."],
  ])('refuses what is empty of %j, which would be the working directory or nothing', async (args, message) => {
    expect(await runIact(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });

  it('shows the form of a URL that it wants, and hides no part of it', async () => {
    const { stderr } = await runIact(['ls', 's3://bucket', '--endpoint', 'x']);
    expect(stderr).toContain('A URL is needed: https://host or http://host:9000.');
  });

  it('hides secrets of URLs in errors', async () => {
    const run = await runIact(['ls', 'https://me:secret@host/x?sig=hidden', '--json']);
    expect(run.stdout + run.stderr).not.toMatch(/secret|hidden/);
  });
});

describe('iact simulate', () => {
  it('shows progress on a terminal, and leaves nothing of it', async () => {
    const directory = join(await tempDirectory(), 'new');
    const args = ['simulate', directory, '--observations', '2', '--events', '10'];
    const { stdout, stderr, status } = await runIact(args, { columns: 60, env: {} });
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Wrote .*: dataset simulated, 2 observations, \d+ events\n$/),
    ]);
    expect(stderr).toContain('Simulating ...');
    expect(stderr.endsWith('\x1b[J\r\x1b[K')).toBe(true);
  });

  it('lists files with --verbose, and counts one as one', async () => {
    const directory = join(await tempDirectory(), 'new');
    const args = ['simulate', directory, '--observations', '1', '--events', '10', '-v'];
    const { stdout, stderr } = await runIact(args);
    expect(stdout).toMatch(/: dataset simulated, 1 observation, \d+ events\n$/);
    expect(stderr.split('\n').slice(0, -1)).toEqual([
      'written data/simulated_obs_id_100001.fits.gz',
      'written hdu-index.fits.gz',
      'written obs-index.fits.gz',
    ]);
  });

  it('stops when it is asked to', async () => {
    const args = ['simulate', join(await tempDirectory(), 'new'), '--observations', '2', '--json'];
    const run = await runIact(args, { interrupts: () => AbortSignal.abort() });
    expect(run.status).toBe(130);
    expect(recordsOf(run).at(-1)).toMatchObject({ error: { code: 'cancelled' } });
  });
});
