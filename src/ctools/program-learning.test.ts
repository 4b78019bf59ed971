import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEMO_PAR_FILE } from './testing/demo-program.ts';
import { ALL_GIVEN, parPath, parText, runDemo, world, writePar } from './testing/demo-world.ts';

describe('runProgram() and learned values', () => {
  it('runProgram() saves the packaged file with the values of this run', async () => {
    const io = world();
    await runDemo(io, [...ALL_GIVEN, 'infile=$HOME/b.fits', 'quality=1']);
    const expected = DEMO_PAR_FILE.replace(' input.fits', '$HOME/b.fits')
      .replace('title,   s, a, ,', 'title,   s, a,t,')
      .replace(' 2.5,', '1,')
      .replace(' 3,', '2,');
    expect(parText(io)).toBe(expected);
  });

  it('runProgram() offers the values of the last run', async () => {
    const io = world({ input: '' });
    await runDemo(io, ALL_GIVEN);
    expect((await runDemo(io)).answers).toEqual({ infile: 'a.fits', title: 't', radius: 1, count: 2 });
    expect(io.out()).toBe('Input file [a.fits] Title [t] Radius (deg) (0-180) [1] Count (1) [2] ');
  });

  it('runProgram() reads back whatever it has learned', async () => {
    const io = world();
    const texts = fc.string({
      unit: fc.oneof(fc.constantFrom('"', ',', ' ', "'", '#', '$'), fc.constant('x'), fc.string()),
    });
    await fc.assert(
      fc.asyncProperty(
        texts.map((text) => text.trim()),
        async (title) => {
          await runDemo(io, [...ALL_GIVEN, `title=${title}`, 'logfile=NONE']);
          const again = await runDemo(io, ['infile=a', 'radius=1', 'count=1', 'mode=h', 'logfile=NONE']);
          expect(again.answers).toMatchObject({ title });
        },
      ),
      { numRuns: 60 },
    );
    expect(io.err()).toBe('');
  });

  it('runProgram() keeps the value before in place of one with a line break', async () => {
    const io = world();
    await runDemo(io, ALL_GIVEN);
    await runDemo(io, [...ALL_GIVEN, 'title=two\nlines']);
    expect(io.err()).toMatch(/^demo: warning: The value of parameter "title" is not kept.*\n$/);
    expect(parText(io)).toContain('title,   s, a,t,,, "Title"');
  });

  it('runProgram() goes on without a broken copy, names file, line and remedy, and keeps it', async () => {
    const io = world();
    const broken = DEMO_PAR_FILE.replace('input.fits', 'a,b.fits');
    writePar(io, broken);
    expect((await runDemo(io, ALL_GIVEN)).status).toBe(0);
    expect(io.err()).toBe(
      `demo: warning: Parameter file "${parPath(io)}", line 3: 8 fields found, 7 needed. Its values are not used, ` +
        `and it is kept as "${parPath(io)}.bad" when new ones are saved: correct the line, or delete the file.\n`,
    );
    expect(readFileSync(`${parPath(io)}.bad`, 'utf8')).toBe(broken);
    expect(parText(io)).toContain('infile,  f, a,a.fits,,,');
  });

  it('runProgram() leaves a broken copy where it is after a bad command line', async () => {
    const io = world();
    writePar(io, 'broken');
    expect((await runDemo(io, ['nope=1'])).status).toBe(1);
    expect(parText(io)).toBe('broken');
  });

  it('runProgram() saves into PFILES', async () => {
    const io = world({ env: { PFILES: 'mine;/usr/share/syspfiles' } });
    mkdirSync(join(io.cwd, 'mine'));
    await runDemo(io, ALL_GIVEN);
    expect(readdirSync(join(io.cwd, 'mine'))).toEqual(['demo.par']);
    expect(readdirSync(io.homeDir)).toEqual([]);
  });

  it('runProgram() only warns when nothing can be saved', async () => {
    const io = world();
    writeFileSync(join(io.homeDir, 'pfiles'), 'a file in the way');
    expect((await runDemo(io, ALL_GIVEN)).status).toBe(0);
    expect(io.err()).toMatch(
      /^demo: warning: Cannot save the parameter file ".*" \(.*\)\. The values of this run .*\n$/,
    );
  });
});
