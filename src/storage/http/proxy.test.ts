import { describe, expect, it } from 'vitest';
import { proxyFor } from './proxy.ts';

function hostOf(url: string, env: Record<string, string>): string | undefined {
  return proxyFor(new URL(url), env)?.host;
}

describe('proxyFor()', () => {
  it('takes the variable of the scheme, then that of all', () => {
    const env = { http_proxy: 'http://h:1', https_proxy: 'http://s:2', HTTPS_PROXY: 'http://S:3', all_proxy: 'a:4' };
    expect(hostOf('http://x/', env)).toBe('h:1');
    expect(hostOf('https://x/', env)).toBe('s:2');
    expect(hostOf('https://x/', { ...env, https_proxy: '' })).toBe('s:3');
    expect(hostOf('http://x/', { all_proxy: 'a:4' })).toBe('a:4');
    expect(hostOf('https://x/', { ALL_PROXY: 'https://a:4' })).toBe('a:4');
    expect(hostOf('http://x/', { HTTP_PROXY: 'http://h:1' })).toBeUndefined();
    expect(hostOf('https://x/', { http_proxy: 'http://h:1' })).toBeUndefined();
    expect(hostOf('https://x/', {})).toBeUndefined();
  });

  const exempt: [noProxy: string, url: string, isExempt: boolean][] = [
    ['*', 'http://x.example/', true],
    ['example', 'http://x.example/', true],
    ['.example', 'http://x.example/', true],
    ['*.example', 'http://x.example/', true],
    ['x.example', 'http://x.example/', true],
    ['X.Example', 'http://x.example/', true],
    ['ample', 'http://x.example/', false],
    ['a.x.example', 'http://x.example/', false],
    ['a, ,x.example other', 'http://x.example/', true],
    ['x.example:80', 'http://x.example/', true],
    ['x.example:443', 'https://x.example/', true],
    ['x.example:443', 'http://x.example/', false],
    ['x.example:8080', 'http://x.example:8080/', true],
    ['127.0.0.1', 'http://127.0.0.1:5000/', true],
    ['0.0.1', 'http://127.0.0.1/', false],
    ['10.0.0.0/8', 'http://10.1.2.3/', true],
    ['10.0.0.0/8', 'http://11.1.2.3/', false],
    ['10.0.0.0/8', 'http://x.example/', false],
    ['10.0.0.0/99', 'http://10.1.2.3/', false],
    ['::1', 'http://[::1]:80/', true],
    ['[::1]', 'http://[::1]:80/', true],
    ['[::1]:81', 'http://[::1]:81/', true],
    ['[::1]:81', 'http://[::1]/', false],
    ['fe80::/10', 'http://[fe80::1]/', true],
    ['', 'http://x.example/', false],
    ['.', 'http://x.example/', false],
  ];
  for (const [noProxy, url, isExempt] of exempt) {
    it(`no_proxy="${noProxy}" ${isExempt ? 'exempts' : 'does not exempt'} ${url}`, () => {
      const env = { http_proxy: 'p:1', https_proxy: 'p:1' };
      expect(hostOf(url, { ...env, no_proxy: noProxy })).toBe(isExempt ? undefined : 'p:1');
      expect(hostOf(url, { ...env, NO_PROXY: noProxy })).toBe(isExempt ? undefined : 'p:1');
    });
  }

  it('refuses what is no HTTP proxy, without its password', () => {
    for (const value of ['socks5://me:secret@localhost:1080', 'http://']) {
      const act = (): unknown => proxyFor(new URL('http://x/'), { all_proxy: value });
      expect(act).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining('all_proxy') }));
      expect(act).not.toThrow(/secret/);
    }
  });
});
