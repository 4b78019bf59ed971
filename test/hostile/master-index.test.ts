import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runIact } from '../../src/cli/testing/run-iact.ts';
import { printable } from '../../src/core/index.ts';
import { csiactcopy, csiactdata } from '../../src/ctools/index.ts';
import { fakeIo } from '../../src/ctools/testing/fake-io.ts';
import { filesIn } from '../support/copy.ts';
import { customStore, type TestStore } from '../support/store.ts';
import { type Sandbox, sandbox, tryAll } from './sandbox.ts';

// A master index that somebody else has written.

const SOUND = { name: 'custom', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' };

async function storeWith(master: unknown): Promise<{ place: Sandbox; store: TestStore }> {
  const place = await sandbox();
  const store = await customStore(place.from, [{ id: 1, name: 'a.fits' }]);
  await writeFile(store.master, typeof master === 'string' ? master : JSON.stringify(master));
  return { place, store };
}

const HOSTILE_PATHS: readonly [string, unknown][] = [
  ['an absolute path', '/etc/passwd'],
  ['a path that leaves', '../outside/precious.txt'],
  ['a path that leaves and comes back', '../from/hdu-index.fits.gz'],
  ['a NUL', 'hdu\0index.fits'],
  ['a device', '../../../../../dev/zero'],
  ['4,000 bytes', 'x'.repeat(4000)],
  ['5,000 bytes of directories', 'd/'.repeat(2500)],
  ['escape sequences', '\u001b[2J\u009b31m\n\u202e.fits'],
  ['a directory', '.'],
  ['nothing', ''],
  ['half a surrogate', '\ud800.fits'],
  ['a number', 5],
  ['an object', {}],
];

describe('the index files of a dataset', () => {
  it.each(HOSTILE_PATHS)('are refused with the key and the file: %s', async (_, path) => {
    for (const key of ['hduindx', 'obsindx']) {
      const { place, store } = await storeWith({ datasets: [{ ...SOUND, [key]: path }] });
      const done = await tryAll(place, store);
      expect(done.copy.error?.message).toMatch(new RegExp(`${key}|does not exist|too long|Cannot read`));
      expect(['unsafe-path', 'bad-data', 'not-found', 'unreadable']).toContain(done.copy.error?.code);
      expect(done.list.value?.[0]?.available).toBe(path === '../from/hdu-index.fits.gz');
      await expect(filesIn(place.to)).rejects.toThrow('ENOENT');
    }
  });

  it('fail once, where both are wrong: nothing is left behind that fails on its own', async () => {
    const { place, store } = await storeWith({ datasets: [{ ...SOUND, hduindx: 'absent', obsindx: '/etc/passwd' }] });
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    onTestFinished(() => void process.off('unhandledRejection', listen));
    expect((await tryAll(place, store)).copy.error).toMatchObject({ code: 'unsafe-path' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(unhandled).toEqual([]);
  });

  it.each(HOSTILE_PATHS)('of another dataset do not stop the copy of a sound one: %s', async (_, path) => {
    const other = { name: 'other', hduindx: path, obsindx: path };
    const { place, store } = await storeWith({ datasets: [other, SOUND, { ...other, name: 'third' }] });
    const done = await tryAll(place, store);
    expect(done.copy.value).toMatchObject({ filesCopied: 1, datasets: ['custom'] });
  });
});

describe('a dataset', () => {
  it.each([
    ['escape sequences', '\u001b[2J\u001b]0;owned\u0007'],
    ['line breaks', 'x\niact: error: forged\n2026-11-22T00:00:00: forged'],
    ['text from right to left', '\u202egnp.stif'],
    ['4,000 bytes', 'n'.repeat(4000)],
    ['nothing', ''],
  ])('whose name holds %s is listed, searched and copied, and no terminal obeys it', async (_, name) => {
    const { place, store } = await storeWith({ datasets: [{ ...SOUND, name, note: `${name}\u0007` }] });
    const done = await tryAll(place, { ...store, dataset: name });
    expect(done.copy.value).toMatchObject({ filesCopied: 1, datasets: [name] });
    const { stderr } = await runIact(['find', place.from, '--dataset', 'absent']);
    expect(stderr.trimEnd()).toBe(printable(stderr.trimEnd()));
  });

  it.each([
    ['__proto__', { datasets: [{ ...SOUND, name: '__proto__' }] }],
    ['the same name twice', { datasets: [SOUND, SOUND] }],
    ['keys of Object', `{"datasets": [{"__proto__": 5, "constructor": 6, ${JSON.stringify(SOUND).slice(1, -1)}}]}`],
  ])('is ordinary with %s', async (_, master) => {
    const { place, store } = await storeWith(master);
    const name = JSON.stringify(master).includes('"name":"__proto__"') ? '__proto__' : 'custom';
    const done = await tryAll(place, { ...store, dataset: name });
    expect(done.copy.value).toMatchObject({ filesCopied: 1 });
  });
});

describe('csiactdata and csiactcopy', () => {
  it('put nothing on the screen or into the log that a terminal obeys', async () => {
    const name = 'evil\u001b[2J\u0007\u009b\nforged ERROR';
    const rows = [
      { id: 1, name: 'a.fits' },
      { id: 2, name: 'absent.fits' },
    ];
    const place = await sandbox();
    const store = await customStore(place.from, rows, { files: ['data/a.fits'] });
    const other = { ...SOUND, name, [`${name}key`]: `${name}value` };
    await writeFile(store.master, JSON.stringify({ datasets: [other, SOUND] }));
    for (const [command, args] of [
      [csiactdata, [`datapath=${place.from}`]],
      [csiactcopy, [`remote_master=${store.master}`, 'prodname=custom', `outpath=${place.to}`]],
      [csiactcopy, [`remote_master=${store.master}`, `prodname=${name}`, `outpath=${join(place.root, 'to2')}`]],
    ] as const) {
      const io = fakeIo({ env: {} });
      onTestFinished(() => io.remove());
      await command([...args, 'debug=yes', 'chatter=4', 'logfile=x.log'], io);
      const log = readFileSync(join(io.cwd, 'x.log'), 'utf8');
      for (const line of `${io.out()}\n${io.err()}\n${log}`.split('\n')) expect(line).toBe(printable(line));
      // What a person types is repeated line by line; what a store holds is not.
      if (!args.some((arg) => arg.includes('forged'))) expect(log).not.toMatch(/: forged ERROR$/m);
    }
  });
});

describe('a text that is no master index', () => {
  const deep = (open: string, close: string, count: number) => open.repeat(count) + close.repeat(count);
  it.each([
    ['a million brackets', deep('[', ']', 1_000_000)],
    ['a million objects in each other', deep('{"a":', '}', 1_000_000)],
    ['datasets that are deep', `{"datasets": ${deep('[', ']', 100_000)}}`],
    ['two million small values', `{"datasets": [${'{},'.repeat(2_000_000)}{}]}`],
    ['a million datasets', `{"datasets": [${'{"name":"n"},'.repeat(1_000_000)}{}]}`],
    ['a list of numbers', `{"datasets": [${'1,'.repeat(3_000_000)}1]}`],
    ['a million lines', '\n'.repeat(1_000_000)],
    ['a fault behind ten million lines', `{${'\n'.repeat(10_000_000)}!`],
    ['an open string', `{"${'x'.repeat(5_000_000)}`],
    ['a long key without a value', `{"${'x'.repeat(5_000_000)}" 5}`],
    ['a long number', `{"datasets": ${'9'.repeat(5_000_000)}}`],
    ['nothing but zeros', '\0'.repeat(1000)],
    ['UTF-16', Buffer.from('\ufeff{"datasets": []}', 'utf16le').toString('latin1')],
  ])('is refused in one sentence: %s', async (_, text) => {
    const { place, store } = await storeWith(text);
    const { status, stderr } = await runIact(['find', place.from]);
    expect({ status, stderr }).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/^iact: error: .{10,600}\n$/),
    });
    expect(stderr).toContain('master.json');
    expect(store.dataset).toBe('custom');
  });
});
