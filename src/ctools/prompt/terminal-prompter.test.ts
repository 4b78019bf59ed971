import type { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeIo, fakeIo } from '../testing/fake-io.ts';
import { TerminalPrompter } from './terminal-prompter.ts';

const opened: FakeIo[] = [];
afterEach(() => {
  for (const io of opened.splice(0)) io.remove();
});

/** A prompter on a terminal made of streams, and a record of its raw mode. */
function terminal(): { io: FakeIo; prompter: TerminalPrompter; keys: PassThrough; rawModes: boolean[] } {
  const io = fakeIo({ interactive: true });
  opened.push(io);
  const rawModes: boolean[] = [];
  const keys = Object.assign(io.stdin, { isTTY: true, setRawMode: (on: boolean) => rawModes.push(on) });
  const prompter = new TerminalPrompter(io, { write: (text) => io.stdout.write(text) }, () => [[], '']);
  return { io, prompter, keys, rawModes };
}

describe('TerminalPrompter', () => {
  it.each<[string, string[]]>([
    ['one piece', ['a\rb\r\nc\n']],
    ['one piece a line', ['a\r', 'b\r', 'c\r']],
    ['pieces across lines', ['a', '\rb\rc', '\r']],
  ])('TerminalPrompter gives each question its line, typed ahead in %s', async (_what, pieces) => {
    const { prompter, keys } = terminal();
    for (const piece of pieces) keys.write(piece);
    expect([await prompter.ask('1 '), await prompter.ask('2 '), await prompter.ask('3 ')]).toEqual(['a', 'b', 'c']);
  });

  it('TerminalPrompter switches raw mode on for a question only', async () => {
    const { prompter, keys, rawModes } = terminal();
    keys.write('a\r');
    await prompter.ask('1 ');
    expect(rawModes).toEqual([true, false]);
    expect(keys.isPaused()).toBe(true);
    expect(keys.listenerCount('data')).toBe(0);
  });

  it('TerminalPrompter throws `cancelled` at Ctrl-C, and the reason of an aborted signal', async () => {
    const { io, prompter, keys, rawModes } = terminal();
    keys.write('half\x03');
    await expect(prompter.ask('1 ')).rejects.toMatchObject({ code: 'cancelled' });
    const waiting = prompter.ask('2 ');
    io.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
    await expect(prompter.ask('3 ')).rejects.toThrow('stop');
    expect(rawModes.at(-1)).toBe(false);
  });

  it('TerminalPrompter has no answers after Ctrl-D', async () => {
    const { io, prompter, keys } = terminal();
    keys.write('\x04late\r');
    expect([await prompter.ask('1 '), await prompter.ask('2 ')]).toEqual([undefined, undefined]);
    expect(io.out()).toMatch(/1 .*2 $/);
  });
});
