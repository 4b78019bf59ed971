import { randomBytes } from 'node:crypto';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesIn, places } from '../../test/support/copy.ts';
import { customStore, simulatedStore, writeBytes } from '../../test/support/store.ts';
import { main } from './main.ts';
import { runIact } from './testing/run-iact.ts';
import { VirtualTerminal } from './testing/virtual-terminal.ts';

const MB = 1_000_000;
const env = { LANG: 'C.UTF-8', NO_COLOR: '1' };

/** A store with one file of twelve megabytes and a small one. */
async function withLargeFile(): Promise<{ from: string; to: string }> {
  const { from, to } = await places();
  await customStore(from, [
    { id: 1, name: 'large' },
    { id: 2, name: 'small' },
  ]);
  await writeBytes(join(from, 'data/large'), randomBytes(12 * MB));
  return { from, to };
}

/** A signal that is aborted when a text is seen on a terminal. */
function stopOn(terminal: VirtualTerminal, text: RegExp): AbortSignal {
  const controller = new AbortController();
  const write = terminal.write.bind(terminal);
  terminal.write = (part) => {
    write(part);
    if (text.test(part)) controller.abort();
  };
  return controller.signal;
}

describe('iact copy on a terminal', () => {
  it.each([80, 40])('shows how far a large file is, in %i columns, and leaves the result only', async (columns) => {
    const { from, to } = await withLargeFile();
    const terminal = new VirtualTerminal(columns);
    const world = { stdout: terminal, stderr: terminal, env };
    expect(await main(['copy', from, to, '--bwlimit', '24M'], world)).toBe(0);
    expect(terminal.raw).toMatch(/ \d+ % {2}data\/large/);
    expect(terminal.raw).toMatch(/ 0\/2 files {2}\d+\.\d\/12\.0 MB/);
    // Without what moves the cursor and erases.
    const drawn = terminal.raw.split(/[\r\n]+/).map((line) => line.replace(/\x1b\[\??\d*[A-Za-z]/g, ''));
    const own = drawn.filter((line) => line.includes('%'));
    expect(own.length).toBeGreaterThan(1);
    for (const line of own) expect(line.length).toBeLessThan(columns);
    expect(terminal.screen().replaceAll('\n', '')).toMatch(/^Copied 2 files, 12\.0 MB in [\d.]+ s \([\d.]+ .B\/s\)$/);
  });

  it('is not disturbed by Node, however many files are under way', async () => {
    const { from, to } = await places();
    const rows = Array.from({ length: 16 }, (_, i) => ({ id: i + 1, name: `f${i}` }));
    await customStore(from, rows);
    for (const { name } of rows) await writeBytes(join(from, 'data', name), randomBytes(20_000));
    const warnings: Error[] = [];
    const listen = (warning: Error): number => warnings.push(warning);
    process.on('warning', listen);
    onTestFinished(() => void process.off('warning', listen));
    expect(await runIact(['copy', from, to, '--jobs', '16', '--bwlimit', '2M'])).toMatchObject({ status: 0 });
    expect(warnings).toEqual([]);
  });

  it('stops when it is asked to, and goes on in the middle of the file', async () => {
    const { from, to } = await withLargeFile();
    const terminal = new VirtualTerminal(80);
    const signal = stopOn(terminal, / [3-7]\d % {2}data\/large/);
    const world = { stdout: terminal, stderr: terminal, env, interrupts: () => signal };
    let shown = 'nothing was stopped';
    signal.addEventListener('abort', () =>
      queueMicrotask(() => {
        shown = terminal.screen();
      }),
    );
    expect(await main(['copy', from, to, '--bwlimit', '24M'], world)).toBe(130);
    // A second Ctrl-C finds the terminal in order.
    expect(shown).toBe('');
    expect(terminal.screen().replaceAll('\n', ' ')).toBe(
      'iact: error: The copy was stopped. Run the same command again to finish it.',
    );
    expect(await filesIn(to)).not.toContain('data/large');
    const { stdout, status } = await runIact(['copy', from, to]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Copied 1 file, 12\.0 MB in .*; [2-9]\.\d\d MB were there from before; 1 kept\n$/),
    ]);
    expect(await runIact(['diff', from, to, '--content'])).toMatchObject({ status: 0 });
    expect(await readdir(join(to, '.iact'))).toEqual(['manifest.jsonl']);
  });

  it('that is stopped in the second of two datasets goes on in the middle of its file', async () => {
    const { from, to } = await withLargeFile();
    const other = await customStore(join(from, 'other'), [{ id: 3, name: 'f3' }]);
    // Files of both in one folder: what tidies up after the first sees what is left of the second.
    await cp(join(from, 'other/data/f3'), join(from, 'data/f3'));
    for (const kind of ['hdu', 'obs']) {
      await cp(join(other.directory, `${kind}-index.fits.gz`), join(from, `first-${kind}.fits.gz`));
    }
    const datasets = [
      { name: 'first', hduindx: 'first-hdu.fits.gz', obsindx: 'first-obs.fits.gz' },
      { name: 'second', hduindx: 'hdu-index.fits.gz', obsindx: 'obs-index.fits.gz' },
    ];
    await writeFile(join(from, 'master.json'), JSON.stringify({ datasets }));
    const terminal = new VirtualTerminal(80);
    const signal = stopOn(terminal, / [3-7]\d % {2}data\/large/);
    const world = { stdout: terminal, stderr: terminal, env, interrupts: () => signal };
    expect(await main(['copy', from, to, '--bwlimit', '24M'], world)).toBe(130);
    const { stdout, status } = await runIact(['copy', from, to]);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Copied 1 file, 12\.0 MB in .*; [2-9]\.\d\d MB were there from before; 2 kept\n$/),
    ]);
    expect(await runIact(['diff', from, to, '--content', '--dataset', 'second'])).toMatchObject({ status: 0 });
    expect(await readdir(join(to, '.iact'))).toEqual(['manifest.jsonl']);
  });

  it('that is stopped before it began says so, too', async () => {
    const { from, to } = await places();
    await simulatedStore(from, { observations: 1 });
    const interrupts = () => AbortSignal.abort();
    const run = await runIact(['copy', from, to], { interrupts });
    expect(run).toEqual({ status: 130, stdout: '', stderr: expect.stringMatching(/^iact: error: .*stopped.*\n$/i) });
    const verified = await runIact(['verify', from], { interrupts });
    expect(verified).toEqual({ status: 130, stdout: '', stderr: expect.stringMatching(/^iact: error: Stopped .*\n$/) });
  });
});
