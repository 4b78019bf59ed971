import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { IactError } from '../core/index.ts';
import { type ProgramDefinition, runProgram } from './program.ts';
import { DEMO_PAR_FILE, demoProgram } from './testing/demo-program.ts';
import { ALL_GIVEN, logLines, parPath, parText, runDemo, world, writePar } from './testing/demo-world.ts';

describe('runProgram() with --help and --version', () => {
  it('runProgram() prints the help wherever --help stands, and touches no file', async () => {
    const io = world();
    expect((await runDemo(io, ['nope=1', '--help'])).status).toBe(0);
    expect(io.out()).toBe('\ndemo\n====\n');
    expect([...readdirSync(io.cwd), ...readdirSync(io.homeDir)]).toEqual([]);
  });

  it('runProgram() prints name and version', async () => {
    const io = world();
    expect((await runDemo(io, ['--version'])).status).toBe(0);
    expect(io.out()).toBe('demo 1.2.3 (iactools)\n');
  });
});

describe('runProgram() and the command line', () => {
  it.each([['word'], ['nope=1'], ['radius=5deg'], ['quality=3'], ['chatter=INDEF'], ['mode=x']])(
    'runProgram() refuses %s with one line, and leaves neither log nor copy',
    async (arg) => {
      const io = world();
      expect((await runDemo(io, [arg])).status).toBe(1);
      expect(io.err()).toMatch(/^demo: error: .*\n$/);
      expect([...readdirSync(io.cwd), ...readdirSync(io.homeDir)]).toEqual([]);
    },
  );

  it('runProgram() asks nothing and learns nothing with mode=h', async () => {
    const io = world({ input: 'never read\n' });
    writePar(io, DEMO_PAR_FILE.replace('input.fits', 'learned.fits'));
    expect(await runDemo(io, ['mode=h', 'count=4', 'title=x'])).toEqual({
      status: 0,
      answers: { infile: 'learned.fits', title: 'x', radius: 2.5, count: 4 },
    });
    expect(io.out()).toBe('');
    expect(parText(io)).toContain('infile,  f, a,learned.fits,,, "Input file"');
    expect(parText(io)).toContain('title,   s, a,,,, "Title"');
  });
});

describe('runProgram() and the log', () => {
  it('runProgram() writes header block, sections and trailer', async () => {
    const io = world();
    await runDemo(io, [...ALL_GIVEN, 'title=$X']);
    expect(logLines(io)).toEqual([
      '*'.repeat(80),
      `*${' '.repeat(37)}demo${' '.repeat(37)}*`,
      `* ${'-'.repeat(76)} *`,
      `* Version: ${'1.2.3'.padEnd(68)}*`,
      '*'.repeat(80),
      '+============+',
      '| Parameters |',
      '+============+',
      ' infile ....................: a.fits',
      ' title .....................: $X',
      ' radius ....................: 1',
      ' count .....................: 2',
      ' quality ...................: 0',
      ' chatter ...................: 2',
      ' clobber ...................: yes',
      ' debug .....................: no',
      ' mode ......................: ql',
      ' logfile ...................: demo.log',
      '',
      '+=========+',
      '| Answers |',
      '+=========+',
      ' All .......................: {"infile":"a.fits","title":"$X","radius":1,"count":2}',
      '',
      'Application "demo" terminated after 0 wall clock seconds, consuming 0.0197567 seconds of CPU time.',
    ]);
  });

  it('runProgram() shows what was not asked for', async () => {
    const io = world();
    const run: ProgramDefinition['run'] = async ({ log }) => log.parameters();
    await runProgram({ ...demoProgram(), run }, ['title=t'], io);
    expect(logLines(io)).toContain(' radius ....................: [not queried]');
    expect(logLines(io)).toContain(' title .....................: t');
  });

  it('runProgram() has truncated the log and written its header before the first question', async () => {
    const io = world();
    writeFileSync(join(io.cwd, 'demo.log'), 'old\n'.repeat(1000));
    const running = runDemo(io);
    await expect.poll(() => io.out()).toContain('Input file');
    expect(logLines(io)).toHaveLength(5);
    io.stdin.end();
    await running;
  });

  it('runProgram() repeats the log on the output with debug=yes, from the header to the trailer', async () => {
    const io = world({ input: 'x.fits\n' });
    await runDemo(io, [...ALL_GIVEN.slice(1), 'debug=yes']);
    const file = readFileSync(join(io.cwd, 'demo.log'), 'utf8');
    const header = file.split('\n').slice(0, 5).join('\n');
    expect(io.out()).toBe(file.replace(header, `${header}\nInput file [input.fits] x.fits`));
  });

  it('runProgram() without a log file repeats the lines without header block and trailer', async () => {
    const io = world();
    await runDemo(io, [...ALL_GIVEN, 'debug=yes', 'logfile=NONE']);
    expect(readdirSync(io.cwd)).toEqual([]);
    expect(io.out()).toContain('| Parameters |');
    expect(io.out()).not.toMatch(/\*\*\*\*|terminated/);
  });

  it('runProgram() expands the name of the log', async () => {
    const io = world({ env: { NAME: 'mine' } });
    await runDemo(io, [...ALL_GIVEN, 'logfile=$(NAME).log']);
    expect(logLines(io, 'mine.log')).toContain(' logfile ...................: $(NAME).log');
  });

  it('runProgram() only warns when the log cannot be written', async () => {
    const io = world();
    expect((await runDemo(io, [...ALL_GIVEN, 'logfile=no/x.log'])).status).toBe(0);
    expect(io.err()).toBe(
      'demo: warning: Cannot write the log file "no/x.log" (no such file or directory): going on without it.\n',
    );
    expect(existsSync(parPath(io))).toBe(true);
  });

  it('runProgram() has a warning of the work on standard error and in the log', async () => {
    const io = world();
    const run: ProgramDefinition['run'] = async ({ warn }) => warn('Look\nout.');
    expect(await runProgram({ ...demoProgram(), run }, [], io)).toBe(0);
    expect(io.err()).toBe('demo: warning: Look out.\n');
    expect(logLines(io)).toContain('WARNING: Look out.');
  });
});

describe('runProgram() and errors', () => {
  it('runProgram() tells an error in one line, on standard error and before the trailer, and learns', async () => {
    const io = world();
    expect((await runDemo(io, [...ALL_GIVEN, 'title=fail', 'chatter=0'])).status).toBe(1);
    expect(io.err()).toBe('demo: error: The demo failed, as it was asked to.\n');
    expect(logLines(io).slice(-3)).toEqual([
      'ERROR: The demo failed, as it was asked to.',
      '',
      expect.stringContaining('Application "demo" terminated'),
    ]);
    expect(parText(io)).toContain('title,   s, a,fail,,,');
  });

  it('runProgram() shows where an error came from with debug=yes', async () => {
    const io = world();
    await runDemo(io, [...ALL_GIVEN, 'title=fail', 'debug=yes']);
    expect(io.err()).toContain('demo-program.ts:');
  });

  it('runProgram() ends with 130 when the work throws after it was stopped', async () => {
    const io = world();
    const run: ProgramDefinition['run'] = async ({ signal }) => {
      io.abort(new IactError('cancelled', 'Stopped by SIGTERM.'));
      signal.throwIfAborted();
    };
    expect(await runProgram({ ...demoProgram(), run }, [], io)).toBe(130);
    expect(io.err()).toBe('demo: error: Stopped by SIGTERM.\n');
  });

  it('runProgram() is not stopped by a reader that went away', async () => {
    const io = world();
    const stdout = new Writable({ write: (_piece, _encoding, done) => done(new Error('EPIPE')) });
    const running = runProgram(demoProgram(), [...ALL_GIVEN, 'debug=yes'], { ...io, stdout });
    expect(await running).toBe(0);
    expect(logLines(io).at(-1)).toContain('terminated');
  });

  it('runProgram() refuses to read an undefined parameter', async () => {
    const io = world();
    expect((await runDemo(io, [...ALL_GIVEN, 'infile=none'])).status).toBe(1);
    expect(io.err()).toBe('demo: error: Parameter "infile" is undefined ("none"): give it a value.\n');
  });
});
