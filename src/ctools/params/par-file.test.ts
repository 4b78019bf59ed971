import { describe, expect, it } from 'vitest';
import { isLearnedIn, parseParFile, renderParFile } from './par-file.ts';

const fault = (text: string): string => {
  try {
    parseParFile(text, 'x.par');
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'no fault';
};

describe('parseParFile()', () => {
  it('parseParFile() reads parameters between comments and blank lines', () => {
    const { entries } = parseParFile(
      '\uFEFF# one, two\n\t\r\n  rad, r, a, 2.5,0,180,"Radius, deg"\r\n\t# end',
      'x.par',
    );
    expect(entries.map(({ definition }) => definition)).toEqual([
      { name: 'rad', type: 'r', mode: 'a', text: '2.5', minimum: '0', maximum: '180', prompt: 'Radius, deg' },
    ]);
  });

  it('parseParFile() reads a line of any length', () => {
    const path = '/d'.repeat(5000);
    expect(parseParFile(`p,f,h,${path},,,"P"`, 'x.par').entries[0]?.definition.text).toBe(path);
  });

  it.each([
    ['a,s,h,"x,,,', 'line 1: a quote is not closed'],
    ['# c\na,s,h,x,y,,,p', 'line 2: 8 fields found, 7 needed'],
    ['a,s,h', 'line 1: 3 fields found, 7 needed'],
    ['a,s,h,,,,\na,s,h,,,,', 'line 2: the parameter "a" was defined before'],
    ['a,z,h,,,,', '"z" is not a parameter type'],
    ['a,s,l,,,,', '"l" is not a parameter mode'],
    [',s,h,,,,', 'has no name'],
    ['mode,s,h,x,,,', 'mode is "x"'],
    ['a,i,h,1,one,,', '"one" is no bound'],
  ])('parseParFile() refuses [%s]', (text, message) => {
    expect(fault(text)).toContain('Parameter file "x.par", line ');
    expect(fault(text)).toContain(message);
  });
});

describe('isLearnedIn()', () => {
  it.each([
    ['mode,s,h,ql,,,', true],
    ['mode,s,h,h,,,', false],
    ['other,s,h,ql,,,', false],
  ])("isLearnedIn() resolves automatic modes by the file's own mode: %s", (line, learned) => {
    const file = parseParFile(`a,s,a,x,,,\n${line}`, 'x.par');
    const [first] = file.entries;
    expect(first && isLearnedIn(file, first.definition)).toBe(learned);
  });
});

describe('renderParFile()', () => {
  it('renderParFile() replaces value fields, and nothing else', () => {
    const text = '# c\r\n  a,    s, a, "old, x"  ,,, "A"  \r\nb, s, a, keep ,,,\n\n# end';
    const file = parseParFile(text, 'x.par');
    expect(renderParFile(file, new Map([['a', 'new']]))).toBe(text.replace(' "old, x"  ', 'new'));
  });

  it('renderParFile() leaves the field of a value that no line can hold', () => {
    const text = 'a,s,a,old,,,"A"\n';
    expect(renderParFile(parseParFile(text, 'x.par'), new Map([['a', 'x\ny']]))).toBe(text);
  });
});
