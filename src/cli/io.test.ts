import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeIo } from './io.ts';

describe('nodeIo()', () => {
  /** Records `process.exit`, and gives what was registered for a signal since. All is taken back after the test. */
  function watch(name: 'SIGINT' | 'SIGTERM', calls: string[]): () => void {
    const before = new Map((['SIGINT', 'SIGTERM'] as const).map((each) => [each, process.listeners(each)]));
    const exit = (status: number): void => void calls.push(`exit ${status}`);
    const spy = vi.spyOn(process, 'exit').mockImplementation(exit as unknown as typeof process.exit);
    const added = (each: 'SIGINT' | 'SIGTERM') =>
      process.listeners(each).filter((one) => !before.get(each)?.includes(one));
    onTestFinished(() => {
      for (const each of before.keys()) for (const listener of added(each)) process.off(each, listener);
      spy.mockRestore();
    });
    return () => {
      for (const listener of added(name)) listener(name);
    };
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('lets a program tell its end, and ends, on %s that nobody heeds', (name) => {
    const calls: string[] = [];
    const signal = watch(name, calls);
    nodeIo().beforeEnd?.(() => calls.push('told'));
    signal();
    expect(calls).toEqual(['told', 'exit 130']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves %s to who heeds it', (name) => {
    const calls: string[] = [];
    const signal = watch(name, calls);
    const io = nodeIo();
    io.beforeEnd?.(() => calls.push('told'));
    const interrupts = io.interrupts?.();
    signal();
    expect([interrupts?.aborted, calls]).toEqual([true, []]);
  });
});
