import { describe, expect, it } from 'vitest';
import { type Expansion, expandPath } from './expand.ts';

const expansion: Expansion = {
  env: { FOO: '/foo bar', HOME: '/home/anna', PWD: '/here', OLDPWD: '/there', LOOP: '$FOO', EMPTY: '' },
  homeDir: '/passwd/anna',
  homeOf: (user) => (user === 'anna' ? '/home/anna' : undefined),
};

describe('expandPath()', () => {
  it.each([
    ['$FOO/x', '/foo bar/x'],
    ['$FOO', '/foo bar'],
    ['$FOO x', '/foo bar x'],
    ['$(FOO)x', '/foo barx'],
    ['\x24{FOO}x', '/foo barx'],
    ['\x24ENV{FOO}x', '/foo barx'],
    ['$ENV(FOO)x', '/foo barx'],
    ['a$FOO/x', 'a/foo bar/x'],
    ['\x24{NOPE}/$FOO/y', '\x24{NOPE}//foo bar/y'],
    ['"$FOO"/$FOO', '"$FOO"//foo bar'],
    ['\x24{EMPTY}x', 'x'],
    ['~/x', '/home/anna/x'],
    ['~anna/x', '/home/anna/x'],
    ['a~/x', 'a/home/anna/x'],
    ['~ x', '/home/anna x'],
    ['~+/x', '/here/x'],
    ['~-/x', '/there/x'],
    ["'a'$FOO", "'a'/foo bar"],
    ['\\\\$FOO', '\\\\/foo bar'],
  ])('expandPath() turns [%s] into [%s]', (text, result) => expect(expandPath(text, expansion)).toBe(result));

  it.each([
    '',
    '$FOO.fits',
    '\\$FOO/x',
    "'$FOO'/x",
    '$$FOO/x',
    '~',
    '~nouser/x',
    '\\~/x',
    "'~/x'",
    '\x24{FOO',
    '$(FOO}x',
    '$',
    '$/x',
    'x\\',
  ])('expandPath() leaves [%s] alone', (text) => expect(expandPath(text, expansion)).toBe(text));

  it('expandPath() does not look at what it put in', () => {
    expect(expandPath('$LOOP/x', expansion)).toBe('$FOO/x');
  });

  it('expandPath() takes the home of the password database without $HOME', () => {
    expect(expandPath('~/x', { ...expansion, env: {} })).toBe('/passwd/anna/x');
    expect(expandPath('~+/x', { ...expansion, env: {} })).toBe('~+/x');
  });
});
