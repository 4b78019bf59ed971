import { describe, expect, it } from 'vitest';
import { loadParameters, valuesToSave } from './load.ts';
import { type ParFile, parseParFile } from './par-file.ts';

const SYSTEM = `path,  s, a,  ,,, "Path"
count, i, a, 3,1,, "Count"
extra, s, h, e,,, "Extra"
mode,  s, h, ql,,, "Mode"`;

const parsed = (text: string): ParFile => parseParFile(text, 'x.par');

interface Case {
  system?: string;
  user?: string;
  args?: string[];
}

/** Loads, and returns `name: text/mode` of each parameter, the warnings, and the values to save. */
function load({ system = SYSTEM, user, args = [] }: Case): {
  shown: Record<string, string>;
  warnings: string[];
  saved: Record<string, string>;
} {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const parameters = loadParameters({
    system: parsed(system),
    user: user === undefined ? undefined : parsed(user),
    args,
    warn,
  });
  const shown = Object.fromEntries(
    parameters.map(({ definition, text, mode }) => [definition.name, `${text}/${mode}`]),
  );
  return { shown, warnings, saved: Object.fromEntries(valuesToSave(parsed(system), parameters, warn)) };
}

describe('loadParameters()', () => {
  it('loadParameters() takes learned values of the same name and type from the copy', () => {
    const user = 'path,s,a,/data,,,\ncount,s,a,9,,,\nextra,s,h,changed,,,\ngone,s,a,x,,,\nmode,s,h,ql,,,';
    expect(load({ user }).shown).toEqual({ path: '/data/ql', count: '3/ql', extra: 'e/h', mode: 'ql/h' });
  });

  it("loadParameters() judges by the copy's own modes whether a value was learned", () => {
    expect(load({ user: 'path,s,a,/data,,,\nmode,s,h,h,,,' }).shown['path']).toBe('/ql');
    expect(load({ user: 'extra,s,hl,mine,,,' }).shown['extra']).toBe('mine/h');
  });

  it('loadParameters() keeps the default, with a warning, where a learned value is not good any more', () => {
    const { shown, warnings } = load({ user: 'count,i,ql,0,,,' });
    expect(shown['count']).toBe('3/ql');
    expect(warnings).toEqual([expect.stringContaining('Parameter "count" cannot be "0"')]);
  });

  it('loadParameters() applies arguments after the copy, the last one last, and does not ask for them', () => {
    const { shown } = load({ user: 'path,s,ql,/data,,,', args: ['path=/one', ' path=a=b ', 'count= 5'] });
    expect(shown).toMatchObject({ path: 'a=b/hl', count: ' 5/hl' });
  });

  it('loadParameters() takes a parameter that an old copy lacks', () => {
    expect(load({ user: 'path,s,ql,/data,,,', args: ['extra=new'] }).shown['extra']).toBe('new/h');
  });

  it('loadParameters() resolves automatic modes after the command line', () => {
    expect(load({ args: ['mode=h'] }).shown).toMatchObject({ path: '/h', count: '3/h' });
    expect(load({ args: ['mode=lq', 'path=x'] }).shown).toMatchObject({ path: 'x/lh', count: '3/lq' });
  });

  it.each([
    ['word', 'Argument "word" is not of the form name=value'],
    ['', 'Argument "" is not'],
    ['=x', 'Argument "=x" is not'],
    ['nope=1', 'There is no parameter "nope". There are: path, count, extra, mode.'],
    ['path =x', 'There is no parameter "path "'],
    ['count=3abc', 'Parameter "count" cannot be "3abc": it must be a whole number, at least 1.'],
    ['mode=a', 'Parameter "mode" cannot be "a"'],
  ])('loadParameters() refuses the argument [%s]', (arg, message) => {
    expect(() => load({ args: [arg] })).toThrow(message);
  });
});

describe('valuesToSave()', () => {
  it('valuesToSave() holds every learned parameter, given or not, and no hidden one', () => {
    expect(load({ args: ['path=$HOME/x', 'extra=new'] }).saved).toEqual({ path: '$HOME/x', count: '3' });
  });

  it('valuesToSave() keeps what was learned before when this run learns nothing', () => {
    const user = 'path,s,ql,/data,,,';
    expect(load({ user, args: ['mode=h', 'path=/other'] }).saved).toEqual({ path: '/data', count: '3' });
  });

  it('valuesToSave() keeps what was learned before, with a warning, in place of a value with a line break', () => {
    const { saved, warnings } = load({ user: 'path,s,ql,/data,,,', args: ['path=a\nb'] });
    expect(saved['path']).toBe('/data');
    expect(warnings).toEqual([expect.stringContaining('"path"')]);
  });
});
