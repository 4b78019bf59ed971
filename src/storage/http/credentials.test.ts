import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tempDirectory } from '../../../test/support/temp.ts';
import { findAuthorization, isSameHost } from './credentials.ts';
import { findEntry, parseNetrc } from './netrc.ts';

const NETRC = `
# machine commented password no
machine data.example login ann password "with \\"quotes\\" and \\\\ #1"
machine other.example
  login bob
  account x
  password p#ss
macdef init
machine macro.example login no password no

machine data.example login eve password second
default login anonymous password me@here
`;

describe('parseNetrc()', () => {
  it('reads machines, quotes, comments, macros and the default', () => {
    expect(parseNetrc(NETRC)).toEqual([
      { machine: 'data.example', login: 'ann', password: 'with "quotes" and \\ #1' },
      { machine: 'other.example', login: 'bob', password: 'p#ss' },
      { machine: 'data.example', login: 'eve', password: 'second' },
      { machine: undefined, login: 'anonymous', password: 'me@here' },
    ]);
  });

  it('takes values for what they are, also if they are words of its own', () => {
    expect(parseNetrc('machine default login machine password "login"')).toEqual([
      { machine: 'default', login: 'machine', password: 'login' },
    ]);
  });

  it('never throws', () => {
    const word = fc.constantFrom('machine', 'login', 'password', 'macdef', 'default', '"', '\\', '\n', '#', 'a', ' ');
    fc.assert(fc.property(fc.array(word), (words) => void parseNetrc(words.join(' '))));
  });
});

describe('findEntry()', () => {
  it('takes the first that fits host and user', () => {
    const entries = parseNetrc(NETRC);
    expect(findEntry(entries, 'DATA.example', undefined)?.login).toBe('ann');
    expect(findEntry(entries, 'data.example', 'eve')?.password).toBe('second');
    expect(findEntry(entries, 'unknown.example', undefined)?.login).toBe('anonymous');
    expect(findEntry(entries, 'other.example', 'carl')).toBeUndefined();
  });
});

describe('findAuthorization()', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

  it('takes URL, token and netrc in this order, and asks last', async () => {
    const home = await tempDirectory();
    await writeFile(join(home, '.netrc'), NETRC);
    const find = (url: string, env: Record<string, string> = {}, answer?: string) => {
      const ask = async (): Promise<string | undefined> => answer;
      return findAuthorization(new URL(url), { env: { HOME: home, ...env }, ...(answer && { ask }) });
    };
    const token = { IACT_HTTP_TOKEN: 'T' };
    expect(await find('https://m%40e:p%3Aw@data.example/', token)).toBe(basic('m@e:p:w'));
    expect(await find('https://data.example/', token)).toBe('Bearer T');
    expect(await find('http://localhost:80/', token)).toBe('Bearer T');
    expect(await find('http://[::1]/', token)).toBe('Bearer T');
    expect(await find('http://other.example/', token)).toBe(basic('bob:p#ss'));
    expect(await find('https://eve@data.example/')).toBe(basic('eve:second'));
    expect(await find('https://carl@data.example/', {}, 'told')).toBe(basic('carl:told'));
    expect(await find('https://carl@data.example/')).toBe(basic('carl:'));
    const file = join(home, 'elsewhere');
    await writeFile(file, 'machine data.example login z password y');
    expect(await find('https://data.example/', { NETRC: file })).toBe(basic('z:y'));
    expect(await find('https://unknown.example/', { NETRC: file })).toBeUndefined();
    expect(await find('https://unknown.example/', { NETRC: join(home, 'absent') })).toBeUndefined();
    await expect(find('https://unknown.example/', { NETRC: home })).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('isSameHost()', () => {
  const cases: [home: string, url: string, isSame: boolean][] = [
    ['http://a.example/x/', 'http://a.example/y', true],
    ['http://a.example/', 'https://a.example/', true],
    ['https://a.example/', 'http://a.example/', false],
    ['http://a.example/', 'https://b.example/', false],
    ['http://a.example/', 'http://a.example:8080/', false],
    ['http://a.example:8080/', 'https://a.example/', false],
    ['http://a.example/', 'https://a.example:8443/', false],
    ['http://a.example/', 'http://a.example.evil/', false],
  ];
  for (const [home, url, isSame] of cases) {
    it(`${isSame ? 'gives' : 'does not give'} the login of ${home} to ${url}`, () => {
      expect(isSameHost(new URL(home), new URL(url))).toBe(isSame);
    });
  }
});
