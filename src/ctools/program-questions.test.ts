import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ctoolsSample } from '../../test/support/ctools-samples.ts';
import { itNeeds } from '../../test/support/require.ts';
import { IactError } from '../core/index.ts';
import { type ProgramDefinition, runProgram } from './program.ts';
import { DEMO_PAR_FILE, demoProgram } from './testing/demo-program.ts';
import { ALL_GIVEN, logLines, parText, runDemo, world } from './testing/demo-world.ts';

describe('runProgram() with the packaged parameter files', () => {
  it.each([
    ['csiactdata', ['Path were data is located [] ']],
    [
      'csiactcopy',
      [
        'Location of remote master file [/path/to/mountpoint/master.json] ',
        'Name of FITS production to download [iact-fits] ',
        'Destination path of FITS data [/path/to/local/fits/data/] ',
      ],
    ],
  ])('runProgram() asks the questions of the tutorial for %s, and no other', async (name, questions) => {
    const parFile = readFileSync(new URL(`../../syspfiles/${name}.par`, import.meta.url), 'utf8');
    const names = [...parFile.matchAll(/^(\w+),/gm)].map((match) => match[1] ?? '');
    const run: ProgramDefinition['run'] = async ({ params }) => {
      for (const parameter of names) await params.string(parameter);
    };
    const io = world({ input: '' });
    expect(await runProgram({ ...demoProgram(), name, parFile, run }, [], io)).toBe(0);
    expect(io.out()).toBe(questions.join(''));
    expect(names.slice(-5)).toEqual(['chatter', 'clobber', 'debug', 'mode', 'logfile']);
    expect(logLines(io, `${name}.log`)[1]).toContain(` ${name} `);
  });
});

describe('runProgram() asking through a pipe', () => {
  it('runProgram() repeats each answer behind its question', async () => {
    const io = world({ input: '$DATA/x.fits\n  a, title \n\n7', env: { DATA: '/data' } });
    expect(await runDemo(io)).toEqual({
      status: 0,
      answers: { infile: '/data/x.fits', title: 'a, title', radius: 2.5, count: 7 },
    });
    expect(io.out()).toBe(
      'Input file [input.fits] $DATA/x.fits\nTitle []   a, title \nRadius (deg) (0-180) [2.5] \nCount (1) [3] 7\n',
    );
  });

  it('runProgram() takes the end of the input for empty answers, and writes no line ends', async () => {
    const io = world({ input: 'x.fits\n' });
    expect((await runDemo(io)).answers).toEqual({ infile: 'x.fits', title: '', radius: 2.5, count: 3 });
    expect(io.out()).toBe('Input file [input.fits] x.fits\nTitle [] Radius (deg) (0-180) [2.5] Count (1) [3] ');
  });

  it('runProgram() ends at the first wrong answer, and has learned the answers before', async () => {
    const io = world({ input: 'x.fits\nt\nwide\n5\n' });
    expect((await runDemo(io)).status).toBe(1);
    expect(io.err()).toBe('demo: error: Parameter "radius" cannot be "wide": it must be a number from 0 to 180.\n');
    expect(logLines(io)).toContain('ERROR: Parameter "radius" cannot be "wide": it must be a number from 0 to 180.');
    expect(parText(io)).toContain('infile,  f, a,x.fits,,,');
    expect(parText(io)).toContain('radius,  r, a,2.5,0,180,');
  });

  it('runProgram() does not ask for what the command line gave', async () => {
    const io = world();
    expect((await runDemo(io, [...ALL_GIVEN, 'radius=NONE'])).answers).toEqual({
      infile: 'a.fits',
      title: 't',
      count: 2,
    });
    expect(io.out()).toBe('');
    expect(io.stdin.listenerCount('data')).toBe(0);
  });

  const piped = ctoolsSample('csfindobs.piped.stdout');
  itNeeds(piped)('runProgram() writes a piped session as the real csfindobs', async () => {
    const names = ['datapath', 'prodname', 'ra', 'dec', 'rad', 'outfile'];
    const parFile = `datapath, s, a, NONE,,, "Path were data are located (NONE uses $VHEFITS environment variable)"
prodname, s, a, prod-name,,, "Name of FITS production (Run csiactdata to view your options)"
outfile, f, a, runlist.lis,,, "Output runlist file"
ra, r, a, 83.63,,, "Right ascension of selection region centre (deg)"
dec, r, a, 22.51,,, "Declination of selection region centre (deg)"
rad, r, a, 2.5,,, "Search radius of selection region (deg)"
${DEMO_PAR_FILE.slice(DEMO_PAR_FILE.indexOf('chatter'))}`;
    const run: ProgramDefinition['run'] = async ({ params }) => {
      for (const name of names) await params.string(name);
    };
    const io = world({ input: 'hess_dl3_dr1\nhess_dl3_dr1\n\n\n\n\n' });
    expect(await runProgram({ ...demoProgram(), parFile, run }, [], io)).toBe(0);
    expect(io.out()).toBe(readFileSync(piped.path, 'utf8'));
  });
});

describe('runProgram() asking a person', () => {
  it('runProgram() asks again after a wrong answer', async () => {
    const io = world({ input: 'x.fits\n\nwide\n181\n90\n0\n2\n', interactive: true });
    expect((await runDemo(io)).answers).toEqual({ infile: 'x.fits', title: '', radius: 90, count: 2 });
    expect(io.out().match(/Radius/g)).toHaveLength(3);
    expect(io.err().split('\n')).toHaveLength(4);
    expect(parText(io)).toContain('radius,  r, a,90,0,180,');
  });

  it('runProgram() gives up after ten wrong answers', async () => {
    const io = world({ input: `x.fits\n\n${'wide\n'.repeat(20)}`, interactive: true });
    expect((await runDemo(io)).status).toBe(1);
    expect(io.out().match(/Radius/g)).toHaveLength(10);
  });

  it('runProgram() keeps the value when the input ends after a wrong answer', async () => {
    const io = world({ input: 'x.fits\n\nwide\n', interactive: true });
    expect((await runDemo(io)).answers).toMatchObject({ radius: 2.5, count: 3 });
  });

  it('runProgram() ends with 130 when it is stopped at a question, and has learned the answers before', async () => {
    const io = world({ interactive: true });
    io.stdin.write('x.fits\n');
    const running = runDemo(io);
    await expect.poll(() => io.out()).toContain('Title');
    io.abort(new IactError('cancelled', 'Stopped by SIGINT.'));
    expect((await running).status).toBe(130);
    expect(io.err()).toBe('demo: error: Stopped by SIGINT.\n');
    expect(logLines(io).slice(-3)).toEqual(['ERROR: Stopped by SIGINT.', '', expect.stringContaining('terminated')]);
    expect(parText(io)).toContain('infile,  f, a,x.fits,,,');
  });
});
