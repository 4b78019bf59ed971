import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../gadf/index.ts';
import { pythonText } from './python-text.ts';

/** What Python itself prints; Python 3 is on every machine that we run on. */
function python(texts: readonly string[]): string[] {
  const script = 'import json, sys\nfor text in json.load(sys.stdin): print(json.dumps(str(json.loads(text))))';
  const { stdout } = spawnSync('python3', ['-c', script], { input: JSON.stringify(texts), encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string);
}

describe('pythonText()', () => {
  it('prints what Python prints', () => {
    const numbers = [
      '48.0',
      '2.50',
      '1e5',
      '1e15',
      '1e16',
      '123456.789e3',
      '0.0001',
      '0.00001',
      '-1e-7',
      '1e400',
      '-0.0',
      '-0',
      '12345678901234567890',
      'NaN',
      '5e-324',
    ];
    const random = fc
      .sample(fc.double({ noNaN: true }), { numRuns: 200, seed: 1 })
      .filter(Number.isFinite)
      .map(String);
    const others = [
      'true',
      'null',
      '"x"',
      '[]',
      '{}',
      '["a", 1, [true]]',
      '{"a": "it\'s", "b": "\\"q\\"", "c": "\\n\\\\", "d": "é"}',
    ];
    const texts = [...numbers, ...random, ...others];
    expect(texts.map((text) => pythonText(parseJson(text, 'x')))).toEqual(python(texts));
  });
});
