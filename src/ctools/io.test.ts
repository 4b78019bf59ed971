import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { nodeIo } from './io.ts';

describe('nodeIo()', () => {
  it('nodeIo() knows the homes of users by the password database, whatever HOME says', () => {
    const { username, homedir } = userInfo();
    const home = process.env['HOME'];
    process.env['HOME'] = '/elsewhere';
    try {
      const io = nodeIo();
      expect([io.homeDir, io.homeOf(username)]).toEqual([homedir, homedir]);
      expect([io.homeOf('no such user'), io.homeOf('--help'), io.homeOf('')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    } finally {
      if (home === undefined) delete process.env['HOME'];
      else process.env['HOME'] = home;
    }
  });

  it('nodeIo() counts CPU time, not wall clock time', async () => {
    const io = nodeIo();
    const before = io.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const idle = io.cpuSeconds() - before;
    for (const end = before + idle + 0.2; io.cpuSeconds() < end; ) Math.sqrt(2);
    expect(idle).toBeLessThan(0.2);
  });

  it('nodeIo() aborts its signal at the first SIGTERM', () => {
    const listeners = process.listeners('SIGTERM');
    const { signal } = nodeIo();
    const added = process.listeners('SIGTERM').filter((listener) => !listeners.includes(listener));
    for (const listener of added) listener('SIGTERM');
    expect(signal.reason).toMatchObject({ code: 'cancelled', message: 'Stopped by SIGTERM.' });
    for (const listener of added) process.off('SIGTERM', listener);
  });
});
