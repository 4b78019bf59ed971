import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { copy, places } from '../../test/support/copy.ts';
import { customStore, type TestStore } from '../../test/support/store.ts';
import type { CopyEvent } from './copy-events.ts';

const FILE = 'data/a';

afterEach(() => {
  vi.useRealTimers();
});

/** Sets the time of the file as a server tells it that knows whole seconds only. */
async function write(from: string, content: string, second: number): Promise<void> {
  await writeFile(join(from, FILE), content);
  await utimes(join(from, FILE), second, second);
}

async function withFile(content: string, second: number) {
  const { from, to } = await places();
  const store = await customStore(from, [{ id: 1, name: 'a' }]);
  await write(from, content, second);
  return { from, to, store };
}

/** Copies what is different, and tells what was planned with the file. */
async function update(store: TestStore, to: string, dryRun = false): Promise<string> {
  let planned = '';
  const onEvent = (event: CopyEvent): void => {
    if (event.type !== 'plan') return;
    const [file] = event.plan.files;
    planned = `${file?.action} ${file?.reason}`;
  };
  await copy(store, to, { overwrite: 'if-different', dryRun, onEvent });
  return planned;
}

describe('copyStore() to where times are kept in steps of two seconds', () => {
  it('fetches nothing again, and what has changed within a step', async () => {
    const { from, to, store } = await withFile('one', 1_700_000_001.25);
    expect(await update(store, to)).toBe('copy absent');
    await utimes(join(to, FILE), 1_700_000_000, 1_700_000_000);
    expect(await update(store, to)).toBe('keep up-to-date');
    await write(from, 'two', 1_700_000_001.5);
    expect(await update(store, to)).toBe('copy different');
    expect(await readFile(join(to, FILE), 'utf8')).toBe('two');
  });
});

describe('copyStore() from where times are whole seconds', () => {
  it('fetches a file again that was read in the second of its last change, once', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 1000) * 1000 + 400 });
    const second = Math.floor(Date.now() / 1000);
    const { from, to, store } = await withFile('one', second);
    expect(await update(store, to)).toBe('copy absent');
    await write(from, 'two', second);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await update(store, to, true)).toBe('copy uncertain');
    expect(await update(store, to)).toBe('copy uncertain');
    expect(await readFile(join(to, FILE), 'utf8')).toBe('two');
    expect(await update(store, to)).toBe('keep up-to-date');
  });

  it('trusts the time of what had been at rest', async () => {
    const { to, store } = await withFile('one', Math.floor(Date.now() / 1000) - 10);
    expect(await update(store, to)).toBe('copy absent');
    expect(await update(store, to)).toBe('keep up-to-date');
  });

  it('keeps what is there with clobber=no', async () => {
    const { from, to, store } = await withFile('one', Math.floor(Date.now() / 1000));
    await copy(store, to, { prefer: 'local' });
    await write(from, 'two', Math.floor(Date.now() / 1000));
    expect(await copy(store, to, { prefer: 'local' })).toMatchObject({ filesKept: 1, filesCopied: 0 });
    expect(await readFile(join(to, FILE), 'utf8')).toBe('one');
  });
});
