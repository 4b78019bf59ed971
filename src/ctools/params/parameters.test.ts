import { describe, expect, it } from 'vitest';
import { loadParameters } from './load.ts';
import { parseParFile } from './par-file.ts';
import { Parameters } from './parameters.ts';

/** Parameters `p` of a type that were given a text, and the questions that were asked. */
function given(type: string, text: string, answer?: string): { params: Parameters; questions: string[] } {
  const questions: string[] = [];
  const system = parseParFile(`p,${type},${answer === undefined ? 'h' : 'ql'},${text},,,"P"`, 'x.par');
  const params = new Parameters(loadParameters({ system, args: [], warn: () => {} }), {
    prompter: {
      ask: async (question) => {
        questions.push(question);
        return answer;
      },
    },
    expansion: { env: { X: '/x' }, homeDir: '/home', homeOf: () => undefined },
    interactive: false,
    complain: () => {},
  });
  return { params, questions };
}

describe('Parameters', () => {
  it.each([
    ['r', 'NONE', false],
    ['r', 'nan', false],
    ['r', '0', true],
    ['i', 'INF', true],
    ['i', 'UNDEF', false],
    ['f', '', false],
    ['s', '', true],
    ['s', 'NONE', true],
    ['t', 'INDEF', false],
  ])('Parameters.isValid() of a parameter of type %s with [%s] is %s', async (type, text, valid) => {
    expect(await given(type, text).params.isValid('p')).toBe(valid);
  });

  it('Parameters.filename() expands, Parameters.string() does not', async () => {
    expect(await given('f', '$X/y').params.filename('p')).toBe('/x/y');
    expect(await given('f', '$X/y').params.string('p')).toBe('$X/y');
  });

  it('Parameters.integer() gives 2^63 for an infinite word', async () => {
    expect(await given('i', '1', 'inf').params.integer('p')).toBe(2 ** 63);
  });

  it.each([
    ['real', 'r', 'INF', 'Parameter "p" is "INF", a number is needed.'],
    ['real', 'r', 'NONE', 'Parameter "p" is undefined ("NONE")'],
    ['integer', 'i', 'INDEF', 'Parameter "p" is undefined ("INDEF")'],
    ['filename', 'f', '', 'Parameter "p" is undefined ("")'],
    ['boolean', 's', 'maybe', 'Parameter "p" cannot be read from "maybe".'],
  ] as const)('Parameters.%s() refuses a parameter of type %s with [%s]', async (method, type, text, message) => {
    await expect(given(type, text).params[method]('p')).rejects.toThrow(message);
  });

  it('Parameters refuses a name that is not there', async () => {
    await expect(given('s', '').params.string('q')).rejects.toThrow('There is no parameter "q".');
  });

  it('Parameters asks when a parameter is first needed, and once', async () => {
    const { params, questions } = given('s', 'old', 'new');
    expect(params.shown()).toEqual([{ name: 'p', shown: '[not queried]' }]);
    expect(questions).toEqual([]);
    expect([await params.isValid('p'), await params.string('p'), await params.string('p')]).toEqual([
      true,
      'new',
      'new',
    ]);
    expect(questions).toEqual(['P [old] ']);
    expect(params.shown()).toEqual([{ name: 'p', shown: 'new' }]);
  });
});
